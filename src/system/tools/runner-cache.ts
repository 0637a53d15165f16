import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as ToolCache from '@actions/tool-cache';
import { childEnv, type Env } from '../env.ts';
import { isProgram } from '../process/find-program.ts';
import { trace } from '../terminal/trace.ts';
import { callToolkit } from '../toolkit/call-toolkit.ts';
import { toolCache, toolMarker, toolPath, type PinnedTool } from './tool-pins.ts';

/**
 * Calls @actions/tool-cache, with our own cache if the runner has none. Loaded only if a tool is missing, because the package
 * loads an HTTP stack. Programs that it starts get the same few variables as any other child process.
 */
export async function withToolCache<T>(
  env: Env,
  act: (toolCache: typeof ToolCache) => T | Promise<T>,
): Promise<T> {
  const seen = {
    ...childEnv(env),
    RUNNER_TOOL_CACHE: toolCache(env),
    RUNNER_TEMP: env['RUNNER_TEMP'] || tmpdir(),
  };
  return callToolkit({ env: seen, write: (text) => trace(() => text.trimEnd()) }, async () =>
    act(await import(/* webpackMode: "eager" */ '@actions/tool-cache')),
  );
}

/** The path of the pinned version, if its installation is complete. */
export async function findPinned({ name, pin }: PinnedTool, env: Env): Promise<string | undefined> {
  const path = toolPath(name, pin, env);
  return existsSync(toolMarker(name, pin, env)) && (await isProgram(path)) ? path : undefined;
}

/** From 1.21 on, Go downloads the newer version that a module requires. */
const USABLE_GO = '>=1.21';

/** The newest Go in the runner's cache, as installed by setup-go. */
export async function findGoOfRunner(env: Env): Promise<string | undefined> {
  if (!existsSync(join(toolCache(env), 'go'))) return undefined;
  const home = await withToolCache(env, (tools) => tools.find('go', USABLE_GO));
  const path = join(home, 'bin/go');
  return home !== '' && (await isProgram(path)) ? path : undefined;
}
