import type { SourceFiles } from '../backends/identity.ts';
import { backendOf, traitsOf } from '../backends/index.ts';
import type { Repository } from '../changes/repository.ts';
import type { ChangedFile, GoInputs, ImageInputs } from '../domain/change.ts';
import type { FileTree } from '../domain/tree.ts';
import { runPool } from '../system/concurrency/pool.ts';
import type { ChosenImage } from './choices.ts';
import { join } from './context-facts.ts';
import { askForPackages, listGoDirectories } from './go-inputs.ts';

export interface InputQuestion {
  readonly tree: FileTree;
  readonly repo: Repository;
  readonly files: readonly ChangedFile[];
}

/** `go list` is a process of its own for each image, and mostly waits for the disk. */
const QUESTIONS_AT_ONCE = 4;

/** The inputs of every image. Go is asked about those with a change where it would look, and about no other. */
export function listAllInputs(
  images: readonly ChosenImage[],
  question: InputQuestion,
): Promise<ImageInputs[]> {
  return runPool(images, QUESTIONS_AT_ONCE, async (image) => {
    const sources = isLocal(image) ? sourcesOf(image) : null;
    if (sources?.kind !== 'go') return listInputs(image, null, []);
    const searched = await listGoDirectories(sources, question.tree);
    const changed = question.files.some(({ path }) => isBelow(path, searched));
    return listInputs(image, changed ? await askForPackages(sources, question.repo) : null, searched);
  });
}

function sourcesOf({ configured: { context }, choice: { backend, options } }: ChosenImage): SourceFiles {
  return backendOf(backend).sourceFiles({ source: { kind: 'local', context, dockerfile: null }, options });
}

/** The paths of this repository that make an image stale. Of an upstream image that is only its own directory. */
function listInputs(image: ChosenImage, go: GoInputs | null, searched: readonly string[]): ImageInputs {
  const { name, dir, config, context, values } = image.configured;
  const local = isLocal(image);
  return {
    name,
    directories: local ? [...new Set([dir, context, ...searched])] : [dir],
    files: [config, ...(local ? listFiles(image) : [])],
    watch: values.watch ?? [],
    followsTags: (values.additional_tags ?? []).some((tag) => /(?<!\$)\{/.test(tag)),
    go,
  };
}

function isLocal({ configured }: ChosenImage): boolean {
  return configured.values.upstream_repo === undefined;
}

function isBelow(path: string, directories: readonly string[]): boolean {
  return directories.some((dir) => dir === '.' || path.startsWith(`${dir}/`));
}

function listFiles({ configured, choice }: ChosenImage): readonly string[] {
  const { context, dockerfile } = configured;
  const { backend, options } = choice;
  if (traitsOf(backend).dockerfile) {
    return [dockerfile, `${dockerfile}.dockerignore`, join(context, '.dockerignore')];
  }
  return backendOf(backend).inputs({ source: { kind: 'local', context, dockerfile: null }, options });
}
