import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Env } from '../env.ts';

/** Where tools and the local registry are kept between runs; script/ looks in the same place. */
export function cacheDir(env: Env): string {
  const parents = [env['RUNNER_TOOL_CACHE'], env['XDG_CACHE_HOME']];
  const named = parents.find((path) => path !== undefined && isAbsolute(path));
  return join(named ?? join(env['HOME'] || homedir(), '.cache'), 'hephy-builder');
}
