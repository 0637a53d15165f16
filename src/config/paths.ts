import { posix } from 'node:path';

/**
 * Resolves a path of a config, relative to a directory of the repository, to a path from the root of the repository;
 * undefined if it leads out of the repository. It does not read the disk: the files may be those of another commit.
 */
export function resolveInside(directory: string, path: string): string | undefined {
  if (path.startsWith('/') || path.includes('\0')) return undefined;
  const resolved = posix.join(directory, path).replace(/(?<=.)\/+$/, '');
  return resolved === '..' || resolved.startsWith('../') ? undefined : resolved;
}
