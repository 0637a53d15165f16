import type { Places } from './image-places.ts';
import type { ImageConfig } from './schema.ts';

/** Those of this repository that are there, the one that counts first. The files of an upstream are not at hand. */
export function findDockerfiles(
  places: Places | undefined,
  { upstream_repo: upstream }: Pick<ImageConfig, 'upstream_repo'>,
  has: (path: string) => boolean,
): readonly string[] {
  return upstream === undefined ? (places?.dockerfiles ?? []).filter(has) : [];
}

/** Where none is there, the context is what most people mean; what an upstream has is seen when it is asked. */
export function placeDockerfile(
  places: Places,
  values: Pick<ImageConfig, 'upstream_repo'>,
  has: (path: string) => boolean,
): string {
  const [first] = places.dockerfiles;
  if (values.upstream_repo !== undefined) return first;
  return findDockerfiles(places, values, has)[0] ?? places.dockerfiles.at(-1) ?? first;
}

/** Undefined where only one of them is there. */
export function describeTwoDockerfiles([used, other]: readonly string[]): string | undefined {
  if (used === undefined || other === undefined) return undefined;
  const order =
    'dockerfile_path is looked up first in the directory of the image (or in the root of the upstream), then in context_path';
  return `${used} is built and ${other} is not: ${order}`;
}
