import { findBrokenLink } from '../domain/broken-link.ts';
import type { FileTree } from '../domain/tree.ts';
import { HephyError } from '../errors.ts';
import { checkFile } from './check-file.ts';
import { configureImage, findingProblem, finishImage, warnOfTwoDockerfiles } from './configure.ts';
import type { Candidate, RunContext } from './configure.ts';
import { findConfigs } from './find.ts';
import type { FoundConfig, Skipped } from './find.ts';
import { inOrder } from './problem-order.ts';
import { checkRepository, selectOwnImages } from './repository-rules.ts';
import { ImageConfig } from './schema.ts';
import type { ConfiguredImage } from './settings.ts';

export interface LoadedConfigs {
  /** Images whose files have no problem. They may only be built if no other file has a problem. */
  readonly images: readonly ConfiguredImage[];
  /** Images whose files have problems, as far as they could be read, so that later checks report on them as well. */
  readonly faulty: readonly ConfiguredImage[];
  readonly skipped: readonly Skipped[];
  readonly warnings: readonly string[];
  /** The problems of all files, in the order of the files. */
  readonly problems: readonly HephyError[];
}

/** Loads the configs of all images of the repository, and collects all their problems. */
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
    if (bytes === undefined) {
      problems.push(...findUnreadable(tree, config));
      continue;
    }
    const checked = checkFile(ImageConfig, { file: config.file, bytes });
    const candidate = configureImage(config, checked, runContext);
    if (candidate) candidates.push(candidate);
    problems.push(...checked.problems, ...(candidate?.problems ?? []));
  }
  const acrossImages = checkRepository(candidates, candidates.length === single.length);
  problems.push(...acrossImages.map(({ image, ...finding }) => findingProblem(image, finding)));
  return {
    ...splitByProblems(candidates, problems, (path) => tree.has(path)),
    skipped: [...skipped, ...findElsewhere(candidates)],
    problems: inOrder(problems),
  };
}

/** A config that cannot be read leads through a symbolic link; a submodule of this name is no config. */
function findUnreadable(tree: FileTree, { file }: FoundConfig): readonly HephyError[] {
  const broken = findBrokenLink(tree, file);
  return broken === undefined
    ? []
    : [new HephyError('CONFIG_PATH', broken.text, { at: { file }, hint: broken.hint })];
}

/** A directory may have one config only: `.yaml` or `.yml`; for the root image, in `.hephy/` or in the root. */
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

function splitByProblems(
  candidates: readonly Candidate[],
  problems: readonly HephyError[],
  has: (path: string) => boolean,
): Pick<LoadedConfigs, 'images' | 'faulty' | 'warnings'> {
  const faultyFiles = new Set(problems.map(({ at }) => at?.file));
  const { images, warnings } = selectOwnImages(candidates);
  const finished = images.flatMap((image) => finishImage(image, has) ?? []);
  return {
    images: finished.filter(({ config }) => !faultyFiles.has(config)),
    faulty: finished.filter(({ config }) => faultyFiles.has(config)),
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
