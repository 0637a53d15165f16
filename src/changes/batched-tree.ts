import type { FileTree } from '../domain/tree.ts';

/** Contents in the order of the paths. */
export type ReadMany = (paths: readonly string[]) => Promise<readonly (Buffer | undefined)[]>;

/** Reads that are asked for together go to `readMany` together: one process for a thousand files. */
export function createTree(listed: readonly string[], readMany: ReadMany): FileTree {
  const known = new Set(listed);
  const enqueue = createBatch(readMany);
  async function read(path: string): Promise<Buffer | undefined> {
    return known.has(path) ? enqueue(path) : undefined;
  }
  return {
    paths: [...known].sort(),
    has: (path) => known.has(path),
    read,
    readAll: async (wanted) => {
      const contents = await Promise.all(wanted.map(read));
      const entries = wanted.map((path, index) => ({ path, content: contents[index] }));
      return new Map(entries.flatMap(({ path, content }) => (content ? [[path, content] as const] : [])));
    },
  };
}

function createBatch(readMany: ReadMany): (path: string) => Promise<Buffer | undefined> {
  let waiting: { readonly paths: string[]; readonly done: ReturnType<ReadMany> } | undefined;
  function gather(): NonNullable<typeof waiting> {
    const paths: string[] = [];
    const done = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      waiting = undefined;
      return readMany(paths);
    });
    return { paths, done };
  }
  return async (path) => {
    waiting ??= gather();
    const { paths, done } = waiting;
    const place = paths.push(path) - 1;
    return (await done)[place];
  };
}
