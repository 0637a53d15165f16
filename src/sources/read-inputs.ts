import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Reads the files of a backend's `inputs`, by path relative to the root. Missing files are left out. */
export async function readInputs(root: string, paths: readonly string[]): Promise<Record<string, string>> {
  const contents = await Promise.all(
    paths.map((path) => readFile(join(root, path), 'utf8').catch(() => undefined)),
  );
  return Object.fromEntries(
    paths.flatMap((path, index) => {
      const content = contents[index];
      return content === undefined ? [] : [[path, content]];
    }),
  );
}
