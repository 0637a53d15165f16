import type { FileTree, Resolved } from '../domain/tree.ts';
import { resolveLinks } from './resolve-links.ts';

/** Reads the contents of files, in the order of the paths. */
export type ReadMany = (paths: readonly string[]) => Promise<readonly (Buffer | undefined)[]>;

export interface Listed {
  readonly paths: readonly string[];
  /** The text of each symbolic link among them. */
  readonly links: ReadonlyMap<string, string>;
}

/** Collects reads of the same moment into one call of `readMany`: one git process for a thousand files. */
export function createTree({ paths, links }: Listed, readMany: ReadMany): FileTree {
  const known = new Set(paths);
  const enqueue = createBatch(readMany);
  function resolve(path: string): Resolved {
    return links.size === 0 ? { path, links: [] } : resolveLinks(links, path);
  }
  function find(path: string): string | undefined {
    const { path: real } = resolve(path);
    return real !== null && known.has(real) ? real : undefined;
  }
  async function read(path: string): Promise<Buffer | undefined> {
    const real = find(path);
    return real === undefined ? undefined : enqueue(real);
  }
  return {
    paths: [...known].sort(),
    links,
    resolve,
    has: (path) => find(path) !== undefined,
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
    const index = paths.push(path) - 1;
    return (await done)[index];
  };
}
