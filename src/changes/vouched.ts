import { realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Env } from '../system/env.ts';

/**
 * The directory that the CI platform checked out. In containers it often belongs to another user, and git refuses that;
 * the variable of the platform proves that it can be trusted. https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory
 */
function findWorkspace(env: Env): string | undefined {
  if (env['GITHUB_ACTIONS'] === 'true') return env['GITHUB_WORKSPACE'] || undefined;
  return env['GITLAB_CI'] === 'true' ? env['CI_PROJECT_DIR'] || undefined : undefined;
}

/** Whether the directory is inside the workspace of the CI platform, after following links. */
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

/** The settings are trusted too, unless the git directory is not `.git`: that can be a repository committed in the checkout. */
export function areSettingsVouched(place: { root: string; gitDir: string }, env: Env): boolean {
  return place.gitDir === join(place.root, '.git') && isVouched(place.root, env);
}
