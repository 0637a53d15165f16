import type { Places } from './image-places.ts';
import type { ImageConfig } from './schema.ts';

/** The Dockerfiles that exist in this repository; the first one is built. Empty for an upstream, whose files are not known here. */
export function findDockerfiles(
  places: Places | undefined,
  { upstream_repo: upstream }: Pick<ImageConfig, 'upstream_repo'>,
  has: (path: string) => boolean,
): readonly string[] {
  return upstream === undefined ? (places?.dockerfiles ?? []).filter(has) : [];
}

/** If there is no Dockerfile, the error names the path in the context, which most people expect. An upstream is checked later. */
export function placeDockerfile(
  places: Places,
  values: Pick<ImageConfig, 'upstream_repo'>,
  has: (path: string) => boolean,
): string {
  const [first] = places.dockerfiles;
  if (values.upstream_repo !== undefined) return first;
  return findDockerfiles(places, values, has)[0] ?? places.dockerfiles.at(-1) ?? first;
}

/** Undefined unless both exist. */
export function describeTwoDockerfiles([used, other]: readonly string[]): string | undefined {
  if (used === undefined || other === undefined) return undefined;
  const order =
    'dockerfile_path is looked up first in the directory of the image (or in the root of the upstream), then in context_path';
  return `${used} is built and ${other} is not: ${order}`;
}
