import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Env } from '../env.ts';
import { isProgram } from '../process/find-program.ts';
import { withLock } from '../files/lock.ts';
import { makeTemporary, removeTemporary } from '../files/temporary.ts';
import { toolHome, toolPath, type Pin } from './tool-pins.ts';

export interface InstallContext {
  readonly env: Env;
  readonly signal?: AbortSignal | undefined;
  /** One line when something takes longer than a moment: `building ko 0.19.1 with Go, once, about 90 s`. */
  readonly onProgress?: ((line: string) => void) | undefined;
}

export interface PinnedTool {
  readonly name: string;
  readonly pin: Pin;
}

export interface Installation {
  /** Said when it begins. */
  readonly announcement: string;
  /** `built by Go`; kept beside the program, for `hephy doctor`. */
  readonly origin: string;
  /** Leaves the program in this directory, where `toolPath` has it. */
  readonly produce: (directory: string) => Promise<void>;
}

/** Brings a tool into the cache, once among all runs of this machine, and gives its path. */
export async function installOnce(
  tool: PinnedTool,
  context: InstallContext,
  installation: Installation,
): Promise<string> {
  const path = toolPath(tool.name, tool.pin, context.env);
  const home = toolHome(tool.name, tool.pin, context.env);
  async function install(): Promise<string> {
    if (await isProgram(path)) return path;
    context.onProgress?.(installation.announcement);
    await produceAside(home, installation);
    return path;
  }
  return await withLock(`${home}.lock`, install, {
    signal: context.signal,
    onWait: () =>
      context.onProgress?.(`waiting for another run that installs ${tool.name} ${tool.pin.version}`),
  });
}

/** The directory of a version appears whole, by a rename: a run that looks while another installs finds all or nothing. */
async function produceAside(home: string, { produce, origin }: Installation): Promise<void> {
  await mkdir(dirname(home), { recursive: true });
  const fresh = await makeTemporary('tool', dirname(home));
  try {
    await produce(fresh);
    await writeFile(join(fresh, ORIGIN), `${origin}\n`);
    await rm(home, { recursive: true, force: true });
    await rename(fresh, home);
  } finally {
    await removeTemporary(fresh);
  }
}

const ORIGIN = '.origin';

/** How a tool of the cache came there; undefined where nobody noted it. */
export async function readOrigin({ name, pin }: PinnedTool, env: Env): Promise<string | undefined> {
  const path = join(toolHome(name, pin, env), ORIGIN);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text?.trim() || undefined;
}
