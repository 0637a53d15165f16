import { posix } from 'node:path';

/**
 * A path as someone wrote it in a config, from a directory of the repository: its place from the repository's root, or
 * undefined where it leaves the repository. Only the text is looked at, for the files may be those of another commit.
 */
export function resolveInside(directory: string, path: string): string | undefined {
  if (path.startsWith('/') || path.includes('\0')) return undefined;
  const place = posix.join(directory, path).replace(/(?<=.)\/+$/, '');
  return place === '..' || place.startsWith('../') ? undefined : place;
}
