import type { ConfiguredImage, Settings } from '../config/settings.ts';
import { type BrokenLink, findBrokenLink } from '../domain/broken-link.ts';
import type { Choice } from '../domain/choice.ts';
import type { FileTree } from '../domain/tree.ts';
import { HephyError, HephyErrors } from '../errors.ts';
import type { ImageInput } from '../plan/input.ts';
import { chooseBackend } from '../select/choose.ts';
import { findDependencies, listFilledArguments } from '../select/dependencies.ts';
import { type Dockerfile, readDockerfile } from '../dockerfile/dockerfile.ts';
import { findUnknownOverrides } from '../select/override.ts';
import { indexPublished } from '../select/published-index.ts';
import { listPulls } from '../select/pulls.ts';
import { describeSituations } from '../select/situations.ts';
import { findCopiedSecrets, ignoreFilesOf, listSecretFiles } from './copied-secrets.ts';
import { listCopiedPaths, listShippedPaths } from './copied-paths.ts';
import { findSimilarDockerfile } from './similar-dockerfile.ts';
import { type ContextIndex, indexContexts } from './context-facts.ts';

/** One image with the decisions of `select/`. */
export interface ChosenImage extends Omit<ImageInput, 'upstreamCommit'> {
  /** Patterns of the files that its Dockerfile copies by name, from the repository's root. */
  readonly copies: readonly string[];
}

export interface ChooseInput {
  readonly images: readonly ConfiguredImage[];
  readonly tree: FileTree;
  readonly override: Settings['backendOverride'];
}

interface Choices {
  readonly chosen: readonly ChosenImage[];
  readonly problems: readonly HephyError[];
}

/** Chooses the backend and finds the dependencies of every image. All files are read in one batch. */
export async function chooseAll({ images, tree, override }: ChooseInput): Promise<Choices> {
  const local = images.filter(({ values }) => values.upstream_repo === undefined);
  const secrets = listSecretFiles(images);
  const ignores = secrets.length === 0 ? [] : local.flatMap(ignoreFilesOf);
  const texts = await tree.readAll([...local.map(({ dockerfile }) => dockerfile), ...ignores]);
  const contexts = indexContexts(tree);
  const published = indexPublished(images);
  const problems: HephyError[] = [
    ...findUnknownOverrides(
      override,
      images.map(({ name }) => name),
    ),
  ];
  const chosen: ChosenImage[] = [];
  for (const configured of images) {
    const text = texts.get(configured.dockerfile)?.toString('utf8');
    const dockerfile = text === undefined ? undefined : readDockerfile(text);
    const choice = collect(problems, () =>
      choose({ configured, contexts, override, text, dockerfile, tree }),
    );
    if (choice === undefined) continue;
    const dependencies = findDependencies({ image: configured, choice, dockerfile }, published);
    const filledArguments = listFilledArguments(dockerfile, dependencies);
    const buildArgs = configured.values.build_args;
    const pulls = listPulls({ choice, buildArgs, dockerfile }, published);
    const situations = describeSituations({ choice, buildArgs }, published);
    const ignore = ignoreFilesOf(configured).map((path) => texts.get(path)?.toString('utf8'));
    const sources = listShippedPaths(dockerfile, situations);
    const copying = { image: configured, backend: choice.backend, sources, ignore: ignore[0] ?? ignore[1] };
    problems.push(...findCopiedSecrets(secrets, copying));
    const copies = listCopiedPaths({ dockerfile, situations, context: configured.context });
    chosen.push({ configured, choice, dependencies, filledArguments, pulls, copies });
  }
  return { chosen, problems };
}

interface ChooseOne {
  readonly configured: ConfiguredImage;
  readonly contexts: ContextIndex;
  readonly override: Settings['backendOverride'];
  readonly text: string | undefined;
  readonly dockerfile: Dockerfile | undefined;
  readonly tree: FileTree;
}

function choose({ configured, contexts, override, text, dockerfile, tree }: ChooseOne): Choice {
  const upstream = configured.values.upstream_repo !== undefined;
  const missing = {
    findSimilarDockerfile: () => findSimilarDockerfile(configured, tree),
    brokenDockerfile: findBrokenDockerfile(configured, tree),
  };
  const facts = upstream ? null : { ...contexts.factsOf(configured.context, text), ...missing };
  return chooseBackend({ image: configured, facts, dockerfile, override });
}

function findBrokenDockerfile({ dockerfiles }: ConfiguredImage, tree: FileTree): BrokenLink | undefined {
  return dockerfiles.map((path) => findBrokenLink(tree, path)).find((broken) => broken !== undefined);
}

/** Collects the problems of one image, so that the problems of all images are reported together. */
function collect<T>(problems: HephyError[], decide: () => T): T | undefined {
  try {
    return decide();
  } catch (error) {
    if (error instanceof HephyErrors) problems.push(...error.problems);
    else if (error instanceof HephyError) problems.push(error);
    else throw error;
    return undefined;
  }
}
