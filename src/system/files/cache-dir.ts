import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Env } from '../env.ts';

/** The directory for tools and the local registry between runs; script/ uses the same one. */
export function cacheDir(env: Env): string {
  const parents = [env['RUNNER_TOOL_CACHE'], env['XDG_CACHE_HOME']];
  const named = parents.find((path) => path !== undefined && isAbsolute(path));
  return join(named ?? join(env['HOME'] || homedir(), '.cache'), 'hephy-builder');
}
