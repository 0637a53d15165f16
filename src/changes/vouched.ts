import { realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Env } from '../system/env.ts';

/**
 * The directory that the CI platform checked out. In containers it often belongs to another user, which git refuses:
 * here the platform says that it is the right one. https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory
 */
function findWorkspace(env: Env): string | undefined {
  if (env['GITHUB_ACTIONS'] === 'true') return env['GITHUB_WORKSPACE'] || undefined;
  return env['GITLAB_CI'] === 'true' ? env['CI_PROJECT_DIR'] || undefined : undefined;
}

/** Whether the platform vouches for this directory, links followed. */
export function isVouched(directory: string, env: Env): boolean {
  const workspace = findWorkspace(env);
  if (workspace === undefined) return false;
  try {
    const [inner, outer] = [realpathSync(directory), realpathSync(workspace)];
    return inner === outer || inner.startsWith(outer === sep ? sep : outer + sep);
  } catch {
    return false;
  }
}

/** Its settings are the platform's as well, unless it is a repository that lies in there as a file of the checkout. */
export function areSettingsVouched(place: { root: string; gitDir: string }, env: Env): boolean {
  return place.gitDir === join(place.root, '.git') && isVouched(place.root, env);
}
