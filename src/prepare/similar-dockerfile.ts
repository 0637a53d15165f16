import { posix } from 'node:path';
import { resolveInside } from '../config/paths.ts';
import type { ConfiguredImage } from '../config/settings.ts';
import { closest } from '../domain/closest.ts';
import type { FileTree } from '../domain/tree.ts';

/** The file that a `dockerfile_path` which names none probably means: counted from elsewhere, misspelled, or further down. */
export function findSimilarDockerfile(image: ConfiguredImage, tree: FileTree): string | undefined {
  const written = image.values.dockerfile_path ?? 'Dockerfile';
  const fromRoot = resolveInside('.', written);
  if (fromRoot !== undefined && tree.has(fromRoot)) return fromRoot;
  return findMisspelled(image, tree) ?? findBelow(image, tree, posix.basename(written));
}

/** Other names that Docker and Podman have for it, beside those that are spelled alike. */
const OTHER_NAMES = ['dockerfile', 'Containerfile'];

function findMisspelled({ dockerfiles }: ConfiguredImage, tree: FileTree): string | undefined {
  for (const place of dockerfiles) {
    const dir = posix.dirname(place);
    const beside = tree.paths
      .filter((path) => posix.dirname(path) === dir)
      .map((path) => posix.basename(path));
    const name =
      OTHER_NAMES.find((other) => beside.includes(other)) ?? closest(posix.basename(place), beside);
    if (name !== undefined) return posix.join(dir, name);
  }
  return undefined;
}

function findBelow({ dir, context }: ConfiguredImage, tree: FileTree, name: string): string | undefined {
  const below = tree.paths.filter(
    (path) => posix.basename(path) === name && [dir, context].some((one) => path.startsWith(`${one}/`)),
  );
  return below.sort((a, b) => a.split('/').length - b.split('/').length)[0];
}
