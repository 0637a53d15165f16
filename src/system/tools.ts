import { HephyError } from '../errors.ts';
import type { Env } from './env.ts';
import { findProgram, isProgram } from './find-program.ts';
import { installWithGo, type InstallContext } from './go-install.ts';
import { adviceFor, pinOf, toolPath } from './tool-pins.ts';

export type ToolSearch = InstallContext;

export interface FoundTool {
  readonly path: string;
  readonly source: 'path' | 'cache' | 'installed';
}

/** Where a tool is: on PATH, else in the tool cache, else built there by Go at the pinned version. */
export async function findTool(name: string, search: ToolSearch): Promise<FoundTool> {
  const found = await lookUpTool(name, search.env);
  if (found) return found;
  const pin = pinOf(name);
  const go = pin && (await findProgram('go', search.env));
  if (go) return { path: await installWithGo({ name, pin, go }, search), source: 'installed' };
  throw new HephyError('TOOL_MISSING', `${name} was not found`, { hint: adviceFor(name) });
}

/** As `findTool`, without installing anything. */
export async function lookUpTool(name: string, env: Env): Promise<FoundTool | undefined> {
  const onPath = await findProgram(name, env);
  if (onPath !== undefined) return { path: onPath, source: 'path' };
  const pin = pinOf(name);
  const cached = pin && toolPath(name, pin, env);
  return cached !== undefined && (await isProgram(cached)) ? { path: cached, source: 'cache' } : undefined;
}
