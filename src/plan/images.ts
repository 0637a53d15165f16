import { traitsOf } from '../backends/index.ts';
import type { HephyError } from '../errors.ts';
import type { ConfiguredImage } from '../config/settings.ts';
import type { ImageConfig } from '../config/schema.ts';
import type { Verdict } from '../domain/change.ts';
import type { Pulls } from '../domain/choice.ts';
import type { BackendId, Source } from '../domain/image.ts';
import type { PlanImage, PlanLeg } from '../domain/plan.ts';
import { PLATFORMS, type Platform } from '../domain/platform.ts';
import type { Claim } from './clashes.ts';
import { archTag } from './legs.ts';
import { nameOutputs, type NamedOutput } from './outputs.ts';
import type { ImageInput, PlanInput } from './input.ts';
import type { Version } from './version.ts';

/** An image with its tags, before its legs are made. */
export interface NamedImage {
  readonly image: ImageInput;
  readonly verdict: Verdict;
  readonly revision: string;
  readonly version: Version | undefined;
  readonly outputs: readonly NamedOutput[];
  /** v1's `manual_images` by platform; undefined where the image is built. */
  readonly existing: ReadonlyMap<Platform, string> | undefined;
  readonly claims: readonly Claim[];
}

interface NamingTask {
  readonly input: PlanInput;
  readonly image: ImageInput;
  readonly verdict: Verdict;
  readonly versionOf: (image: string) => Version | undefined;
}

/** Computes all names and tags of an image, affected or not: what would clash one day is told today. */
export function nameImage(
  { input, image, verdict, versionOf }: NamingTask,
  problems: HephyError[],
): NamedImage {
  const { configured, choice } = image;
  const { settings, event, head } = input;
  const commit = isUpstream(configured) ? image.upstreamCommit : head.sha;
  const version = versionOf(configured.name);
  const prerelease = event.kind === 'tag' && version?.prerelease === true;
  const outputs = nameOutputs(
    {
      image: configured,
      layout: settings.layout,
      format: settings.tagFormat,
      defaultTag: {
        date: input.date,
        revision: commit,
        dirty: verdict.dirty,
        ref: event.ref,
        upstreamRef: configured.values.upstream_ref,
      },
      tagSource: { image: configured, version, prerelease, variables: input.variables },
    },
    problems,
  );
  const existing = configured.values.manual_build ? readExisting(configured) : undefined;
  const archTags = (output: NamedOutput): readonly string[] =>
    existing === undefined ? choice.platforms.map((platform) => archTag(output, platform)) : [];
  const claims = outputs.flatMap((output) =>
    [...output.tags, ...archTags(output)].map((tag) => claim(configured, output, tag)),
  );
  return { image, verdict, revision: commit ?? 'unresolved', version, outputs, existing, claims };
}

function claim({ config }: ConfiguredImage, { repository, name }: NamedOutput, tag: string): Claim {
  return { repository, tag, name, config };
}

/** The references that stand in for legs, of the platforms that the config asks for. */
function readExisting({ values, platforms }: ConfiguredImage): ReadonlyMap<Platform, string> {
  const existing = new Map<Platform, string>();
  for (const platform of platforms ?? PLATFORMS) {
    const reference = values.manual_images?.[platform];
    if (reference !== undefined) existing.set(platform, reference);
  }
  return existing;
}

/** The plan's entry of an image. All that its config says goes in: no later step reads the config again. */
export function describeImage(named: NamedImage, legs: ReadonlyMap<string, readonly PlanLeg[]>): PlanImage {
  const { image, verdict, outputs, existing } = named;
  const { configured, choice, dependencies } = image;
  const { values } = configured;
  return {
    name: configured.name,
    dir: configured.dir,
    config: configured.config,
    backend: choice.backend,
    reason: choice.reason,
    why: verdict.why,
    dependsOn: [...new Set(dependencies.map(({ on }) => on))],
    dependencyOrigins: Object.fromEntries([...dependencies].reverse().map(({ on, origin }) => [on, origin])),
    source: describeSource(image, choice.backend),
    revision: named.revision,
    dirty: verdict.dirty,
    ...describeVersion(named.version),
    tags: [...new Set(outputs.flatMap(({ tags }) => tags))],
    tagOrigins: Object.fromEntries(outputs.flatMap(({ origins }) => Object.entries(origins))),
    platforms: existing === undefined ? [...choice.platforms] : [...existing.keys()],
    platformsOrigin: configured.platformsOrigin ?? 'default',
    outputs: outputs.map(({ name, target, repository, tags, lines }) => ({
      name,
      target,
      repository,
      tags: [...tags],
      ...(Object.keys(lines).length > 0 && { lines }),
      legs: (legs.get(name) ?? []).map(({ id }) => id),
      ...(existing === undefined ? {} : { existing: Object.fromEntries(existing) }),
    })),
    legs: [...legs.values()].flat(),
    buildArgs: values.build_args ?? {},
    secrets: values.secrets ?? [],
    labels: values.labels ?? {},
    annotations: values.annotations ?? {},
    cache: describeCache(values.cache),
    options: choice.options,
    filledArguments: image.filledArguments === null ? null : [...image.filledArguments],
    ...describePulls(image.pulls),
    ...(values.watch && { watch: [...values.watch] }),
    suggestions: [...choice.suggestions],
  };
}

function describePulls(pulls: Pulls | null): Pick<PlanImage, 'pulls' | 'platformPulls'> {
  if (pulls === null) return { pulls: null };
  const some = Object.entries(pulls.byPlatform).map(([platform, list]): [string, string[]] => [
    platform,
    [...list],
  ]);
  return { pulls: [...pulls.all], ...(some.length === 0 ? {} : { platformPulls: Object.fromEntries(some) }) };
}

function describeVersion(found: Version | undefined): Pick<PlanImage, 'version'> {
  if (found === undefined) return {};
  const { gitTag, version, prerelease } = found;
  return { version: { gitTag, version, prerelease } };
}

function isUpstream({ values }: ConfiguredImage): boolean {
  return values.upstream_repo !== undefined;
}

function describeSource({ configured, upstreamCommit }: ImageInput, backend: BackendId): Source {
  const { values, context } = configured;
  const dockerfile = traitsOf(backend).dockerfile ? configured.dockerfile : null;
  if (values.upstream_repo === undefined) return { kind: 'local', context, dockerfile };
  const ref = values.upstream_ref ?? 'HEAD';
  const more = {
    ...(values.upstream_submodules && { submodules: true }),
    ...(values.upstream_lfs && { lfs: true }),
  };
  return {
    kind: 'upstream',
    repo: values.upstream_repo,
    ref,
    commit: upstreamCommit,
    ...more,
    context,
    dockerfile,
  };
}

/** `max` keeps the layers of all stages: a cache that forgets the build stage saves nothing. */
function describeCache(cache: ImageConfig['cache']): PlanImage['cache'] {
  if (typeof cache === 'object') return { enabled: true, mode: cache.mode ?? 'max', ref: cache.ref ?? null };
  return { enabled: cache ?? true, mode: 'max', ref: null };
}
