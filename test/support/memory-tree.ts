import type { FileTree } from '../../src/domain/tree.ts';

/** A repository's files from plain values, for code that only reads a tree. */
export function memoryTree(files: Readonly<Record<string, string | Uint8Array>>): FileTree {
  const contents = new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)]));
  return {
    paths: [...contents.keys()].sort(),
    has: (path) => contents.has(path),
    read: (path) => Promise.resolve(contents.get(path)),
    readAll: (paths) => Promise.resolve(new Map([...contents].filter(([path]) => paths.includes(path)))),
  };
}
