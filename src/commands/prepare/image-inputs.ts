import { BACKENDS } from '../../backends/index.ts';
import { KoOptions } from '../../backends/ko/options.ts';
import { askGo } from '../../changes/go-inputs.ts';
import type { Repository } from '../../changes/repository.ts';
import type { ChangedFile, GoInputs, ImageInputs } from '../../domain/change.ts';
import type { FileTree } from '../../domain/tree.ts';
import { runPool } from '../../registry/pool.ts';
import type { ChosenImage } from './choices.ts';
import { join, parentsOf } from './context-facts.ts';

/** The paths of this repository that make an image stale. Of an upstream image that is only its own directory. */
export function listInputs(image: ChosenImage, tree: FileTree, go: GoInputs | null): ImageInputs {
  const { name, dir, config, context, values } = image.configured;
  const local = values.upstream_repo === undefined;
  return {
    name,
    directories: local ? [...new Set([dir, context, ...listModule(image, tree)])] : [dir],
    files: [config, ...(local ? listFiles(image) : [])],
    watch: values.watch ?? [],
    followsTags: (values.additional_tags ?? []).some((tag) => /(?<!\$)\{/.test(tag)),
    go,
  };
}

/** What Go could compile in, where nobody asks it: everything below the nearest go.mod. */
function listModule({ configured, choice }: ChosenImage, tree: FileTree): readonly string[] {
  if (choice.backend !== 'ko') return [];
  const module = parentsOf(configured.context).find((dir) => tree.has(join(dir, 'go.mod')));
  return module === undefined || tree.has(join(configured.context, 'go.mod')) ? [] : [module];
}

function listFiles({ configured, choice }: ChosenImage): readonly string[] {
  const { context, dockerfile } = configured;
  const { backend, options } = choice;
  if (backend === 'kaniko' || backend === 'buildkit') {
    return [dockerfile, `${dockerfile}.dockerignore`, join(context, '.dockerignore')];
  }
  return BACKENDS[backend]?.inputs({ source: { kind: 'local', context, dockerfile: null }, options }) ?? [];
}

export interface InputQuestion {
  readonly tree: FileTree;
  readonly repo: Repository;
  readonly files: readonly ChangedFile[];
}

/** `go list` is a process of its own for each image, and mostly waits for the disk. */
const QUESTIONS_AT_ONCE = 4;

/** The inputs of every image. Go is asked about those whose module has a change in it, and about no other. */
export function listAllInputs(images: readonly ChosenImage[], question: InputQuestion): Promise<ImageInputs[]> {
  return runPool(images, QUESTIONS_AT_ONCE, async (image) => {
    const inputs = listInputs(image, question.tree, null);
    if (!isLocalKo(image) || !question.files.some(({ path }) => isBelow(path, inputs.directories))) return inputs;
    return listInputs(image, question.tree, await askAbout(image, question.repo));
  });
}

function isLocalKo({ configured, choice }: ChosenImage): boolean {
  return choice.backend === 'ko' && configured.values.upstream_repo === undefined;
}

function isBelow(path: string, directories: readonly string[]): boolean {
  return directories.some((dir) => dir === '.' || path.startsWith(`${dir}/`));
}

function askAbout({ configured, choice }: ChosenImage, repo: Repository): Promise<GoInputs | null> {
  const options = KoOptions.parse(choice.options);
  const contextDir = join(configured.context, options.working_dir ?? '.');
  const { root, env, signal } = repo;
  return askGo({ root, contextDir, packages: [options.import_path ?? '.'], env, signal });
}
