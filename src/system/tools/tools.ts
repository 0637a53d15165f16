import { HephyError } from '../../errors.ts';
import type { Env } from '../env.ts';
import { findProgram } from '../process/find-program.ts';
import { installWithGo, type GoTool } from './go-install.ts';
import type { InstallContext } from './install-once.ts';
import { installRelease, isDownloadable } from './tool-download.ts';
import { findGoOfRunner, findPinned } from './runner-cache.ts';
import { adviceFor, pinOf, type PinnedTool } from './tool-pins.ts';

export type ToolSearch = InstallContext;

export interface FoundTool {
  readonly path: string;
  readonly source: 'path' | 'cache' | 'downloaded' | 'installed';
}

/** Finds a tool on PATH, else in the tool cache; otherwise downloads it into the cache, or builds it there with Go. */
export async function findTool(name: string, search: ToolSearch): Promise<FoundTool> {
  const found = await lookUpTool(name, search.env);
  if (found) return found;
  const pin = pinOf(name);
  if (pin) return await obtainTool({ name, pin }, search);
  throw new HephyError('TOOL_MISSING', `${name} was not found`, { hint: adviceFor(name) });
}

/** As `findTool`, without installing anything. */
export async function lookUpTool(name: string, env: Env): Promise<FoundTool | undefined> {
  const onPath = await findProgram(name, env);
  if (onPath !== undefined) return { path: onPath, source: 'path' };
  const pin = pinOf(name);
  const pinned = pin && (await findPinned({ name, pin }, env));
  const cached = pinned ?? (name === 'go' ? await findGoOfRunner(env) : undefined);
  return cached === undefined ? undefined : { path: cached, source: 'cache' };
}

/** Installs the release if its checksum is pinned, else builds with Go. A wrong checksum is always an error. */
export async function obtainTool(tool: PinnedTool, search: ToolSearch): Promise<FoundTool> {
  const buildable = await findGoFor(tool, search.env);
  if (isDownloadable(tool.pin, search.env)) {
    try {
      return { path: await installRelease(tool, search), source: 'downloaded' };
    } catch (error) {
      if (!(error instanceof HephyError) || error.code !== 'TOOL_DOWNLOAD' || !buildable) throw error;
      search.onProgress?.(error.message);
    }
  }
  if (buildable) return { path: await installWithGo(buildable, search), source: 'installed' };
  throw new HephyError('TOOL_MISSING', `${tool.name} was not found`, { hint: adviceFor(tool.name) });
}

/** Undefined if Go is missing, or if the tool is not a Go program. */
async function findGoFor(tool: PinnedTool, env: Env): Promise<GoTool | undefined> {
  const source = tool.pin.go;
  const go = source === undefined ? undefined : await lookUpTool('go', env);
  return source === undefined || go === undefined ? undefined : { ...tool, source, go: go.path };
}
