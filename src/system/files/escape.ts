import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

/**
 * The first symbolic link in `path` that leads out of `root`; undefined if the path stays inside. Builders follow links,
 * so a harmless-looking path may lead to any file of this machine.
 */
export async function findEscape(root: string, path: string): Promise<string | undefined> {
  const home = await realpath(root);
  let at = '';
  for (const part of path.split('/').filter((name) => name !== '' && name !== '.')) {
    at = at === '' ? part : `${at}/${part}`;
    const real = await realpath(join(home, at)).catch(() => undefined);
    if (real === undefined) return undefined;
    if (real !== home && !real.startsWith(home === sep ? sep : home + sep)) return at;
  }
  return undefined;
}
