import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { askGit, type GitCall } from './git.ts';
import { splitNul } from './status.ts';

/** Paths of checked out submodules. Git is not asked to look into them, because it would use their own settings. */
export async function listSubmodules(call: GitCall): Promise<readonly string[]> {
  if (!existsSync(join(call.cwd, '.gitmodules'))) return [];
  const listing = await askGit(['ls-files', '-z', '--stage'], call);
  return splitNul(listing.toString('utf8'))
    .filter((line) => line.startsWith('160000 '))
    .map((line) => line.slice(line.indexOf('\t') + 1))
    .filter((path) => existsSync(join(call.cwd, path, '.git')));
}
