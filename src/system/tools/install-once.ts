import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { arch } from 'node:os';
import { join } from 'node:path';
import type { Env } from '../env.ts';
import { withLock } from '../files/lock.ts';
import { makeTemporary, removeTemporary } from '../files/temporary.ts';
import { findPinned, withToolCache } from './runner-cache.ts';
import { toolCache, toolHome, toolPath, type PinnedTool } from './tool-pins.ts';

export interface InstallContext {
  readonly env: Env;
  readonly signal?: AbortSignal | undefined;
  /** Called with one line before something slow: `building ko 0.19.1 with Go, once, about 90 s`. */
  readonly onProgress?: ((line: string) => void) | undefined;
}

export interface Installation {
  /** The progress line at the start. */
  readonly announcement: string;
  /** `built by Go`; kept beside the program, for `hephy doctor`. */
  readonly origin: string;
  /** Writes the program into this directory, at the path of `toolPath`. */
  readonly produce: (directory: string) => Promise<void>;
}

/** Installs a tool into the cache, once for all runs of this machine, and returns its path. */
export async function installOnce(
  tool: PinnedTool,
  context: InstallContext,
  installation: Installation,
): Promise<string> {
  const path = toolPath(tool.name, tool.pin, context.env);
  const lock = join(toolCache(context.env), tool.name, `.${tool.pin.version}-${arch()}.lock`);
  async function install(): Promise<string> {
    const found = await findPinned(tool, context.env);
    if (found !== undefined) return found;
    context.onProgress?.(installation.announcement);
    await produceAside(tool, context.env, installation);
    return path;
  }
  return await withLock(lock, install, {
    signal: context.signal,
    onWait: () =>
      context.onProgress?.(`waiting for another run that is installing ${tool.name} ${tool.pin.version}`),
  });
}

/** The marker of a version is written last, so that other runs never find a partial installation. */
async function produceAside(
  { name, pin }: PinnedTool,
  env: Env,
  { produce, origin }: Installation,
): Promise<void> {
  const parent = join(toolCache(env), name);
  await mkdir(parent, { recursive: true });
  const fresh = await makeTemporary('tool', parent);
  try {
    await produce(fresh);
    await writeFile(join(fresh, ORIGIN), `${origin}\n`);
    await withToolCache(env, (tools) => tools.cacheDir(fresh, name, pin.version));
  } finally {
    await removeTemporary(fresh);
  }
}

const ORIGIN = '.origin';

/** How a tool came into the cache; undefined if unknown. */
export async function readOrigin({ name, pin }: PinnedTool, env: Env): Promise<string | undefined> {
  const path = join(toolHome(name, pin, env), ORIGIN);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text?.trim() || undefined;
}
