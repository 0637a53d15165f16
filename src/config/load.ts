import type { FileTree } from '../domain/tree.ts';
import { HephyError } from '../errors.ts';
import { checkFile } from './check-file.ts';
import { configureImage, findingProblem, finishImage, warnOfTwoDockerfiles } from './configure.ts';
import type { Candidate, RunContext } from './configure.ts';
import { findConfigs } from './find.ts';
import type { FoundConfig, Skipped } from './find.ts';
import { inOrder } from './problem-order.ts';
import { checkRepository, leaveToOthers } from './repository-rules.ts';
import { ImageConfig } from './schema.ts';
import type { ConfiguredImage } from './settings.ts';

export interface LoadedConfigs {
  /** Those whose files have no problem. While others have, nothing may be built of them. */
  readonly images: readonly ConfiguredImage[];
  /** Those whose files do have problems, as far as they could be read: what else is wrong in them is told as well. */
  readonly faulty: readonly ConfiguredImage[];
  readonly skipped: readonly Skipped[];
  readonly warnings: readonly string[];
  /** All that is wrong in all files, in the order of the files. */
  readonly problems: readonly HephyError[];
}

/** Every image of the repository as configured, or everything that is wrong with the configs. */
export async function loadConfigs({
  tree,
  ...runContext
}: RunContext & { readonly tree: FileTree }): Promise<LoadedConfigs> {
  const { found, skipped } = findConfigs(tree.paths, runContext.settings.ignore);
  const { single, doubles } = splitDoubles(found);
  const contents = await tree.readAll(single.map(({ file }) => file));
  const problems: HephyError[] = [...doubles];
  const candidates: Candidate[] = [];
  for (const config of single) {
    const bytes = contents.get(config.file);
    if (bytes === undefined) continue;
    const checked = checkFile(ImageConfig, { file: config.file, bytes });
    const candidate = configureImage(config, checked, runContext);
    if (candidate) candidates.push(candidate);
    problems.push(...checked.problems, ...(candidate?.problems ?? []));
  }
  const together = checkRepository(candidates, candidates.length === single.length);
  problems.push(...together.map(({ image, ...finding }) => findingProblem(image, finding)));
  return {
    ...sortOut(candidates, problems, (path) => tree.has(path)),
    skipped: [...skipped, ...findElsewhere(candidates)],
    problems: inOrder(problems),
  };
}

/** An image's directory has one config: `.yaml` or `.yml`, and the root's is in `.hephy/` or beside it. */
function splitDoubles(found: readonly FoundConfig[]): {
  single: readonly FoundConfig[];
  doubles: HephyError[];
} {
  const byDir = new Map<string, FoundConfig>();
  const doubles: HephyError[] = [];
  for (const config of found) {
    const first = byDir.get(config.dir);
    if (!first) byDir.set(config.dir, config);
    else {
      const message = `${first.file} already describes the same image`;
      doubles.push(
        new HephyError('CONFIG_CONFLICT', message, {
          at: { file: config.file },
          hint: 'Remove one of the two files.',
        }),
      );
    }
  }
  return { single: [...byDir.values()], doubles };
}

function sortOut(
  candidates: readonly Candidate[],
  problems: readonly HephyError[],
  has: (path: string) => boolean,
): Pick<LoadedConfigs, 'images' | 'faulty' | 'warnings'> {
  const wrong = new Set(problems.map(({ at }) => at?.file));
  const { images, warnings } = leaveToOthers(candidates);
  const finished = images.flatMap((image) => finishImage(image, has) ?? []);
  return {
    images: finished.filter(({ config }) => !wrong.has(config)),
    faulty: finished.filter(({ config }) => wrong.has(config)),
    warnings: [
      ...images.flatMap((image) => [...image.warnings, ...warnOfTwoDockerfiles(image, has)]),
      ...warnings,
    ],
  };
}

function findElsewhere(candidates: readonly Candidate[]): Skipped[] {
  return candidates
    .filter(({ elsewhere }) => elsewhere)
    .map(({ dir, name, values }) => ({ dir, name, reason: `ci_platform: ${values.ci_platform ?? ''}` }));
}
