import { layersOf, type Leg } from '../../domain/image.ts';
import { csvRecord } from '../shared/csv.ts';

/** The variables that buildctl needs to reach GitHub's cache. Only a leg with `cache.ref: gha` gets them. */
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
 * One cache for each leg: two architectures with one reference would overwrite each other's cache. A cache that cannot be
 * written (a read-only login, immutable tags) does not fail the build. GitHub itself separates pull requests.
 */
export function cacheFlags(leg: Leg): readonly string[] {
  const { enabled, mode } = leg.recipe.cache;
  // Ignores the builder's local cache as well as the cache in the registry.
  const ignoring = leg.fresh ? ['--no-cache'] : [];
  if (!enabled) return ignoring;
  const place = usesGithubCache(leg) ? { type: 'gha', scope: slugOf(leg) } : registryPlace(leg);
  const reading = leg.fresh ? ignoring : ['--import-cache', csvRecord(place)];
  if (!usesGithubCache(leg) && !layersOf(leg).writable) return reading;
  const manner = { mode, ...(usesGithubCache(leg) ? {} : SHAPE), 'ignore-error': 'true' };
  return ['--export-cache', csvRecord({ ...place, ...manner }), ...reading];
}

/** ECR only accepts an image manifest: https://docs.docker.com/build/cache/backends/registry/ */
const SHAPE: Readonly<Record<string, string>> = { 'image-manifest': 'true', 'oci-mediatypes': 'true' };

function registryPlace(leg: Leg): Record<string, string> {
  const ref = cacheReference(leg);
  const { repository, insecure } = layersOf(leg);
  const isOwnHost = hostOf(ref) === hostOf(repository);
  return { type: 'registry', ref, ...(insecure && isOwnHost && { 'registry.insecure': 'true' }) };
}

/** Next to the images, or below the reference that the config sets. */
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
