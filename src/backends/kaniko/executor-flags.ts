import { layersOf, type Leg, type SecretRef } from '../../domain/image.ts';
import { platformArch } from '../../domain/platform.ts';
import { sortedPairs } from '../shared/sorted-pairs.ts';
import { repositoryPart } from '../../domain/repository-part.ts';
import { containerSite, registryHost } from './network.ts';

/** The paths that kaniko reads and writes: mounted into a container, or in the checkout of a GitLab job. */
export interface Places {
  readonly context: string;
  readonly dockerfile: string;
  readonly digestFile: string;
  /** Complete flags, such as `--build-arg=VERSION=1`. */
  readonly buildArgs: readonly string[];
  secretFile(secret: SecretRef): string;
}

/** A network error should not fail a build that took minutes. A missing base image stays missing: one retry is enough. */
const PUSH_RETRIES = 3;
const PULL_RETRIES = 1;

/** https://github.com/osscontainertools/kaniko#additional-flags */
export function executorFlags(leg: Leg, places: Places): readonly string[] {
  return [
    `--context=${places.context}`,
    `--dockerfile=${places.dockerfile}`,
    `--destination=${leg.repository}:${leg.tag}`,
    `--digest-file=${places.digestFile}`,
    `--custom-platform=${leg.platform}`,
    ...(leg.target === null ? [] : [`--target=${leg.target}`]),
    // Only the OCI format has annotations.
    '--image-format=oci',
    '--use-new-run',
    '--cleanup',
    `--push-retry=${PUSH_RETRIES}`,
    `--image-download-retry=${PULL_RETRIES}`,
    ...cacheFlags(leg),
    ...registryFlags(leg),
    ...leg.recipe.secrets.map((secret) => `--secret=${describeSecret(secret, places)}`),
    ...places.buildArgs,
    ...pairs('--label', leg.labels),
    ...pairs('--annotation', leg.annotations),
  ];
}

function describeSecret(secret: SecretRef, places: Places): string {
  const { id, env } = secret;
  return env === undefined
    ? `id=${id},type=file,src=${places.secretFile(secret)}`
    : `id=${id},type=env,env=${env}`;
}

function pairs(flag: string, values: Readonly<Record<string, string>>): readonly string[] {
  return sortedPairs(values).map((pair) => `${flag}=${pair}`);
}

/** kaniko would reuse a layer of another architecture, so each architecture has its own cache. */
function cacheFlags(leg: Leg): readonly string[] {
  const { enabled, mode, ref } = leg.recipe.cache;
  const { repository, writable } = layersOf(leg);
  if (!enabled || (leg.fresh && !writable)) return ['--cache=false'];
  const image = repositoryPart(leg.id.split('/')[0] ?? leg.id);
  const base = ref === null ? `${repository}/cache/${image}` : withoutTag(ref);
  return [
    '--cache=true',
    `--cache-repo=${base}-${platformArch(leg.platform)}`,
    // Every cached layer counts as expired, so that it is built and pushed again.
    ...(leg.fresh ? ['--cache-ttl=0s'] : []),
    ...(mode === 'max' ? ['--cache-copy-layers'] : []),
    ...(writable ? [] : ['--no-push-cache']),
  ];
}

/** kaniko's cache is a repository without a tag, as kaniko sets the tags: `host/cache:web` becomes `host/cache/web`. */
function withoutTag(ref: string): string {
  return ref.replace(/:([^:/@]+)$/, '/$1');
}

/** Plain HTTP only for our own registries: to push, to pull base images built in this run, and to read cached layers. */
function registryFlags(leg: Leg): readonly string[] {
  const { mirrors, insecureRegistries } = containerSite(leg);
  const places = [leg, layersOf(leg)].filter(({ insecure }) => insecure);
  const own = places.map(({ repository }) => registryHost(repository));
  return [
    ...[...new Set([...own, ...insecureRegistries])].map((host) => `--insecure-registry=${host}`),
    ...mirrors.map((host) => `--registry-mirror=${host}`),
  ];
}
