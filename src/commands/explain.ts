import { closest } from '../domain/closest.ts';
import type { Plan } from '../domain/plan.ts';
import { HephyError, HephyErrors } from '../errors.ts';
import { renderExplain } from '../report/explain.ts';
import { viewOf } from '../report/style.ts';
import { prepare } from './prepare/prepare.ts';
import { type Invoked, isSet } from './verb.ts';

/** Every image with the reason for everything, whether a run would build it or not. */
export async function explain(invoked: Invoked): Promise<number> {
  const { output, flags, operands } = invoked;
  const { plan, verdicts } = await prepare(invoked, { upstreams: 'optional', planAll: true });
  requireKnown(operands, plan);
  if (isSet(flags, 'json')) {
    const images = plan.images.filter(({ name }) => operands.length === 0 || operands.includes(name));
    const told = images.map((image) => ({ ...image, affected: verdicts.get(image.name)?.affected ?? false }));
    output.data(JSON.stringify({ images: told, skipped: plan.skipped, warnings: plan.warnings }, null, 2));
  } else {
    output.data(renderExplain(plan, { style: viewOf(output.stdout).style, only: operands, verdicts }));
  }
  return 0;
}

function requireKnown(names: readonly string[], plan: Plan): void {
  const known = [...plan.images, ...plan.skipped].flatMap(({ name }) => name ?? []);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new HephyErrors(
    unknown.map((name) => {
      const near = closest(name, known);
      const guess = near === undefined ? '' : `, did you mean "${near}"?`;
      return new HephyError('IMAGE_UNKNOWN', `there is no image "${name}"${guess}`, {
        hint: '`hephy explain` without a name shows all of them.',
      });
    }),
  );
}
