import { backendOf, traitsOf } from '../backends/index.ts';
import { formatPosition } from '../errors.ts';
import type { ConfiguredImage } from '../config/settings.ts';
import type { Choice, FoundDependency } from '../domain/choice.ts';
import { fieldPosition } from '../domain/position.ts';
import { tagVariable, type PublishedName } from '../domain/published.ts';
import { findFixedTag } from './fixed-tag.ts';
import { listPulledImages } from '../dockerfile/images.ts';
import { resolveStages } from '../dockerfile/stages.ts';
import { describeSituations } from './situations.ts';
import type { Argument, Dockerfile } from '../dockerfile/dockerfile.ts';
import type { PublishedIndex } from './published-index.ts';
import { matchLiteralTag, matchReference, matchVariables, REGISTRY_VARIABLES } from './references.ts';

export interface DependencyInput {
  readonly image: ConfiguredImage;
  readonly choice: Choice;
  readonly dockerfile: Dockerfile | undefined;
}

/**
 * Which images of this repository an image is built on, and where that is written. An image that names itself builds on
 * what it published before: that orders nothing, so it is no dependency unless `depends_on` says so.
 */
export function findDependencies(input: DependencyInput, index: PublishedIndex): readonly FoundDependency[] {
  const { image, choice } = input;
  const usesDockerfile = traitsOf(choice.backend).dockerfile;
  const found = [
    ...(usesDockerfile && input.dockerfile ? inDockerfile(input, input.dockerfile, index) : []),
    ...(usesDockerfile ? inBuildArgs(image, index) : []),
    ...inBaseImages(image, choice, index),
  ].filter((dependency) => dependency.on !== image.name);
  return mergeByOutput([...found, ...inDependsOn(input, index)]);
}

function inDockerfile(
  { image, choice }: DependencyInput,
  dockerfile: Dockerfile,
  index: PublishedIndex,
): readonly FoundDependency[] {
  const situations = describeSituations({ choice, buildArgs: image.values.build_args }, index);
  const uses = situations.flatMap((situation) =>
    listPulledImages(resolveStages(dockerfile, { ...situation, keepUnset: true })),
  );
  const pulled = uses.flatMap((use) => {
    const published = matchReference(use.text, index) ?? matchLiteralTag(use.raw, index);
    const kind = use.via === 'FROM' && !use.pinned ? 'base' : 'content';
    if (published === undefined) return [];
    const origin = `${image.dockerfile}:${use.line}`;
    const fixed = chosenByRun(use.raw, dockerfile, index) ? {} : fixedIn(use.text, published, origin);
    return [{ ...found(published, origin, kind), ...fixed }];
  });
  const declared = dockerfile.arguments.flatMap((argument) => {
    const published = index.byVariable.get(argument.name);
    if (published === undefined || isOwnPin(argument, published)) return [];
    return [found(published, `${image.dockerfile}:${argument.line}`, 'content')];
  });
  return [...pulled, ...declared];
}

/** `${CURL_TAG:-curl-latest}` is filled in where the Dockerfile declares it, whatever default it has. */
function chosenByRun(raw: string, dockerfile: Dockerfile, index: PublishedIndex): boolean {
  const declared = new Set(dockerfile.arguments.map(({ name }) => name));
  return matchVariables(raw, index).some(({ name }) => declared.has(tagVariable(name)));
}

/** `ARG BASE_TAG=3.19` is a version that its author chose, of an image that is not called so by accident only. */
function isOwnPin({ value }: Argument, { name }: PublishedName): boolean {
  return value !== undefined && value !== '' && value !== 'latest' && !value.startsWith(`${name}-`);
}

function inBuildArgs(image: ConfiguredImage, index: PublishedIndex): readonly FoundDependency[] {
  return Object.entries(image.values.build_args ?? {}).flatMap(([key, value]) => {
    const named = matchReference(value, index);
    const published = named === undefined ? matchVariables(value, index) : [named];
    if (published.length === 0) return [];
    // Last: where a field stands costs more than all else that is asked of it here.
    const origin = formatPosition(fieldPosition(image, `build_args.${key}`));
    return published.map((each) => ({ ...found(each, origin, 'content'), ...fixedIn(value, each, origin) }));
  });
}

/** Where a backend's own section names an image: `ko_config.base_image`. */
function inBaseImages(
  image: ConfiguredImage,
  { backend, options }: Choice,
  index: PublishedIndex,
): readonly FoundDependency[] {
  const named = backendOf(backend).fit.baseImages?.(options) ?? {};
  return Object.entries(named).flatMap(([field, reference]) => {
    const published = matchReference(reference, index);
    if (published === undefined) return [];
    const origin = formatPosition(fieldPosition(image, `${backend}_config.${field}`));
    return [{ ...found(published, origin, 'base'), ...fixedIn(reference, published, origin) }];
  });
}

function inDependsOn(
  { image, choice, dockerfile }: DependencyInput,
  index: PublishedIndex,
): readonly FoundDependency[] {
  // A Dockerfile that nobody here can read may use the tag; one that was read has been asked.
  const unread = dockerfile === undefined && traitsOf(choice.backend).dockerfile;
  return (image.values.depends_on ?? []).flatMap((name, at) => {
    const origin = formatPosition(fieldPosition(image, `depends_on[${at}]`));
    // config/ has seen to it that the name exists: one that is not in the index is built by the other CI platform.
    const published = index.byImage.get(name) ?? [{ name, image: name, target: null }];
    return published.map((each) => found(each, origin, unread ? 'content' : 'order'));
  });
}

function found(published: PublishedName, origin: string, use: FoundDependency['use']): FoundDependency {
  return { on: published.image, output: published.name, origin, use };
}

function fixedIn(text: string, published: PublishedName, origin: string): Pick<FoundDependency, 'fixed'> {
  const fixed = findFixedTag(text, published, origin);
  return fixed === undefined ? {} : { fixed };
}

const STRENGTH = { base: 2, content: 1, order: 0 } as const;

/** One entry for each published name: the first place, the strongest use. */
function mergeByOutput(all: readonly FoundDependency[]): readonly FoundDependency[] {
  const merged = new Map<string, FoundDependency>();
  for (const dependency of all) {
    const known = merged.get(dependency.output);
    const stronger = known === undefined || STRENGTH[dependency.use] > STRENGTH[known.use];
    if (known === undefined) merged.set(dependency.output, dependency);
    else {
      const { use } = stronger ? dependency : known;
      merged.set(dependency.output, { ...dependency, ...known, use });
    }
  }
  return [...merged.values()];
}

/**
 * Of the arguments that hephy-builder fills in itself, those that the Dockerfile declares: a tool warns about the rest.
 * Null where the Dockerfile is not known.
 */
export function listFilledArguments(
  dockerfile: Dockerfile | undefined,
  dependencies: readonly FoundDependency[],
): readonly string[] | null {
  if (dockerfile === undefined) return null;
  const filled = new Set([...REGISTRY_VARIABLES, ...dependencies.map(({ output }) => tagVariable(output))]);
  return [...new Set(dockerfile.arguments.map(({ name }) => name))].filter((name) => filled.has(name));
}
