import { layersOf, type Leg, type SecretRef } from '../../domain/image.ts';
import { platformArch } from '../../domain/platform.ts';
import { sortedPairs } from '../shared/sorted-pairs.ts';
import { repositoryPart } from '../../domain/repository-part.ts';
import { containerSite, registryHost } from './network.ts';

/** Where things are for kaniko: in a container that was given them, or in the checkout of a job. */
export interface Places {
  readonly context: string;
  readonly dockerfile: string;
  readonly digestFile: string;
  /** Whole flags. */
  readonly buildArgs: readonly string[];
  secretFile(secret: SecretRef): string;
}

/** Networks fail, and a build that took minutes should not fail with them; a base that does not exist stays so. */
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
    // Annotations exist in OCI's format only.
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

/** kaniko takes a layer of another architecture for its own, so each architecture has a cache of its own. */
function cacheFlags(leg: Leg): readonly string[] {
  const { enabled, mode, ref } = leg.recipe.cache;
  const { repository, writable } = layersOf(leg);
  if (!enabled || (leg.fresh && !writable)) return ['--cache=false'];
  const image = repositoryPart(leg.id.split('/')[0] ?? leg.id);
  const base = ref === null ? `${repository}/cache/${image}` : withoutTag(ref);
  return [
    '--cache=true',
    `--cache-repo=${base}-${platformArch(leg.platform)}`,
    // Every layer that is there counts as expired, so that it is built and pushed again.
    ...(leg.fresh ? ['--cache-ttl=0s'] : []),
    ...(mode === 'max' ? ['--cache-copy-layers'] : []),
    ...(writable ? [] : ['--no-push-cache']),
  ];
}

/** kaniko's cache is a repository, of which it makes the tags itself: `host/cache:web` is taken for `host/cache/web`. */
function withoutTag(ref: string): string {
  return ref.replace(/:([^:/@]+)$/, '/$1');
}

/** Plain HTTP for our registries alone: to push to, to pull the bases from that this run has made, to read layers from. */
function registryFlags(leg: Leg): readonly string[] {
  const { mirrors, insecureRegistries } = containerSite(leg);
  const places = [leg, layersOf(leg)].filter(({ insecure }) => insecure);
  const own = places.map(({ repository }) => registryHost(repository));
  return [
    ...[...new Set([...own, ...insecureRegistries])].map((host) => `--insecure-registry=${host}`),
    ...mirrors.map((host) => `--registry-mirror=${host}`),
  ];
}
