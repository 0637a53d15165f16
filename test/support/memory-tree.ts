import { createTree } from '../../src/changes/batched-tree.ts';
import type { FileTree } from '../../src/domain/tree.ts';

/** A repository's files from plain values, for code that only reads a tree. */
export function memoryTree(
  files: Readonly<Record<string, string | Uint8Array>>,
  links: Readonly<Record<string, string>> = {},
): FileTree {
  const contents = new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)]));
  const listed = {
    paths: [...contents.keys(), ...Object.keys(links)],
    links: new Map(Object.entries(links)),
  };
  return createTree(listed, async (paths) => paths.map((path) => contents.get(path)));
}
