import type { Plan, PlanImage, PlanOutput } from '../domain/plan.ts';
import { numberedTag, plainTag } from '../plan/numbered-tag.ts';
import { SHORT_SHA } from '../plan/default-tag.ts';
import type { DatedTag } from '../registry/dated-tag.ts';

/** Undefined where the default tag moves: with uncommitted changes, and with neither day nor commit in `tag_format`. */
export function readDatedTag(
  { run }: Pick<Plan, 'run'>,
  { dirty, revision }: Pick<PlanImage, 'dirty' | 'revision'>,
  output: Pick<PlanOutput, 'plainTag' | 'tags'>,
): DatedTag | undefined {
  const plain = plainTag(output);
  const namesCommit = plain.includes(revision.slice(0, SHORT_SHA));
  if (dirty || (!namesCommit && !plain.includes(run.date))) return undefined;
  return {
    numbered: (number) => numberedTag(plain, number),
    revision: namesCommit ? null : revision,
  };
}
