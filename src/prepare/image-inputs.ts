import { posix } from 'node:path';
import type { SourceFiles, SourceRecipe } from '../backends/identity.ts';
import { backendOf, traitsOf } from '../backends/index.ts';
import { isDocumentation } from '../changes/input-index.ts';
import type { Repository } from '../changes/repository.ts';
import type { ChangedFile, ImageInputs } from '../domain/change.ts';
import type { FileTree } from '../domain/tree.ts';
import { runPool } from '../system/concurrency/pool.ts';
import type { ChosenImage } from './choices.ts';
import { join } from './context-facts.ts';
import { patternsBelow } from './copied-paths.ts';
import { listEmbeddedFiles } from './embedded-files.ts';
import { listPackages, type GoSources, listGoDirectories } from './go-inputs.ts';
import { addLinkTargets } from './link-targets.ts';

export interface ImageInputsOptions {
  readonly tree: FileTree;
  readonly repo: Repository;
  readonly files: readonly ChangedFile[];
}

/** `go list` is a separate process for each image, and mostly waits for the disk. */
const LISTS_AT_ONCE = 4;

/** The inputs of every image. `go list` runs only for images with a change in one of their Go modules. */
export function listAllInputs(
  images: readonly ChosenImage[],
  options: ImageInputsOptions,
): Promise<ImageInputs[]> {
  return runPool(images, LISTS_AT_ONCE, async (image) => {
    const inputs = isLocal(image) ? await listLocalInputs(image, options) : listInputs(image, {});
    return addLinkTargets(inputs, {
      tree: options.tree,
      follow: traitsOf(image.choice.backend).followsLinks,
    });
  });
}

async function listLocalInputs(image: ChosenImage, options: ImageInputsOptions): Promise<ImageInputs> {
  const sources = sourcesOf(image);
  if (sources.kind === 'go') return listInputs(image, await findGoInputs(sources, options));
  return listInputs(image, { copies: [...image.copies, ...(await findNamedFiles(image, options))] });
}

function sourcesOf(image: ChosenImage): SourceFiles {
  return backendOf(image.choice.backend).sourceFiles(recipeOf(image));
}

function recipeOf({ configured: { context }, choice: { options } }: ChosenImage): SourceRecipe<unknown> {
  return { source: { kind: 'local', context, dockerfile: null }, options };
}

/** The inputs of an image that do not follow from its config alone. */
type Found = Partial<Pick<ImageInputs, 'go' | 'copies'>> & { readonly searched?: readonly string[] };

async function findGoInputs(sources: GoSources, { tree, repo, files }: ImageInputsOptions): Promise<Found> {
  const searched = await listGoDirectories(sources, tree);
  const changed = files.filter(({ path }) => isBelow(path, searched));
  const go = changed.length > 0 ? await listPackages(sources, repo) : null;
  return { searched, go, copies: go === null ? await listEmbeddedFiles(changed, tree) : [] };
}

/** The backend's own file is only read if documentation changed: any other changed file counts anyway. */
async function findNamedFiles(
  image: ChosenImage,
  { tree, files }: ImageInputsOptions,
): Promise<readonly string[]> {
  const { context } = image.configured;
  const backend = backendOf(image.choice.backend);
  const isNeeded = files.some(({ path }) => isDocumentation(path) && isBelow(path, [context]));
  if (!isNeeded || backend.namedFiles === undefined) return [];
  const [path = ''] = backend.inputs(recipeOf(image));
  const text = (await tree.read(path))?.toString('utf8') ?? '';
  return patternsBelow(backend.namedFiles(text), posix.dirname(path));
}

/** The paths of this repository whose changes cause a build of the image; for an upstream image only its own directory. */
function listInputs(image: ChosenImage, { go = null, searched = [], copies = [] }: Found): ImageInputs {
  const { name, dir, config, context, values } = image.configured;
  const local = isLocal(image);
  return {
    name,
    directories: local ? [...new Set([dir, context, ...searched])] : [dir],
    files: [config, ...(local ? listFiles(image) : [])],
    watch: values.watch ?? [],
    copies,
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

function listFiles(image: ChosenImage): readonly string[] {
  const { configured, choice } = image;
  const { context, dockerfile } = configured;
  if (traitsOf(choice.backend).dockerfile) {
    return [dockerfile, `${dockerfile}.dockerignore`, join(context, '.dockerignore')];
  }
  return backendOf(choice.backend).inputs(recipeOf(image));
}
