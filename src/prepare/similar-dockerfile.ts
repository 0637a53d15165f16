import { posix } from 'node:path';
import { resolveInside } from '../config/paths.ts';
import type { ConfiguredImage } from '../config/settings.ts';
import { closest } from '../domain/closest.ts';
import type { FileTree } from '../domain/tree.ts';

/** The file that a wrong `dockerfile_path` probably means: relative to the root, misspelled, or in a subdirectory. */
export function findSimilarDockerfile(image: ConfiguredImage, tree: FileTree): string | undefined {
  const written = image.values.dockerfile_path ?? 'Dockerfile';
  const fromRoot = resolveInside('.', written);
  if (fromRoot !== undefined && tree.has(fromRoot)) return fromRoot;
  return findMisspelled(image, tree) ?? findBelow(image, tree, posix.basename(written));
}

/** Other usual names of Dockerfiles, in addition to similar spellings. */
const OTHER_NAMES = ['dockerfile', 'Containerfile'];

function findMisspelled({ dockerfiles }: ConfiguredImage, tree: FileTree): string | undefined {
  for (const dockerfile of dockerfiles) {
    const dir = posix.dirname(dockerfile);
    const siblings = tree.paths
      .filter((path) => posix.dirname(path) === dir)
      .map((path) => posix.basename(path));
    const name =
      OTHER_NAMES.find((other) => siblings.includes(other)) ?? closest(posix.basename(dockerfile), siblings);
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
