import { layersOf, type Leg } from '../../domain/image.ts';
import { csvRecord } from '../shared/csv.ts';

/** What buildctl reads of GitHub's runner to reach its cache. Only a leg that asked for `gha` sees it. */
export const GHA_VARIABLES = [
  'ACTIONS_CACHE_URL',
  'ACTIONS_RESULTS_URL',
  'ACTIONS_RUNTIME_TOKEN',
  'ACTIONS_CACHE_SERVICE_V2',
] as const;

export function usesGithubCache({ recipe: { cache } }: Leg): boolean {
  return cache.enabled && cache.ref === 'gha';
}

/**
 * One cache for each leg: two architectures in one reference would take turns in throwing each other out. A cache that
 * cannot be written (a read-only login, immutable tags) fails no build. GitHub keeps those of pull requests apart itself.
 */
export function cacheFlags(leg: Leg): readonly string[] {
  const { enabled, mode } = leg.recipe.cache;
  // What the builder itself has kept counts as little as what a registry has.
  const ignoring = leg.fresh ? ['--no-cache'] : [];
  if (!enabled) return ignoring;
  const place = usesGithubCache(leg) ? { type: 'gha', scope: slugOf(leg) } : registryPlace(leg);
  const reading = leg.fresh ? ignoring : ['--import-cache', csvRecord(place)];
  if (!usesGithubCache(leg) && !layersOf(leg).writable) return reading;
  const manner = { mode, ...(usesGithubCache(leg) ? {} : SHAPE), 'ignore-error': 'true' };
  return ['--export-cache', csvRecord({ ...place, ...manner }), ...reading];
}

/** ECR takes nothing but an image manifest: https://docs.docker.com/build/cache/backends/registry/ */
const SHAPE: Readonly<Record<string, string>> = { 'image-manifest': 'true', 'oci-mediatypes': 'true' };

function registryPlace(leg: Leg): Record<string, string> {
  const ref = cacheReference(leg);
  const { repository, insecure } = layersOf(leg);
  const isOwnHost = hostOf(ref) === hostOf(repository);
  return { type: 'registry', ref, ...(insecure && isOwnHost && { 'registry.insecure': 'true' }) };
}

/** Beside the images, or below the reference that the config names. */
function cacheReference(leg: Leg): string {
  const { ref } = leg.recipe.cache;
  if (ref === null) return `${layersOf(leg).repository}:buildcache-${slugOf(leg)}`;
  const isTagged = ref.lastIndexOf(':') > ref.lastIndexOf('/');
  return isTagged ? `${ref}-${slugOf(leg)}` : `${ref}:${slugOf(leg)}`;
}

function hostOf(reference: string): string {
  return reference.split('/')[0] ?? '';
}

function slugOf({ id }: Leg): string {
  return id.replaceAll('/', '-');
}
