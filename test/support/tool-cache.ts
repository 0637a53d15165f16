import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '../../src/system/files/cache-dir.ts';
import { pinOf, toolPath } from '../../src/system/tools/tool-pins.ts';

/** What script/install-tools.mjs and script/get-busybox leave in the tool cache. */
export const KO = pinned('ko');
export const REGISTRY = pinned('registry');
export const BUILDCTL = pinned('buildctl');
export const BUILDKITD = pinned('buildkitd');
export const BUSYBOX = {
  amd64: join(cacheDir(process.env), 'tools/busybox/amd64/busybox'),
  arm64: join(cacheDir(process.env), 'tools/busybox/arm64/busybox'),
} as const;

export function pinned(name: string): string {
  const pin = pinOf(name);
  if (pin === undefined) throw new Error(`${name} is not in tools.json`);
  return toolPath(name, pin, process.env);
}

/** Under script/test a missing program is a failure; by hand the suite is left out, and says so aloud. */
export function hasAll(suite: string, programs: readonly string[]): boolean {
  const missing = programs.filter((path) => !existsSync(path));
  if (missing.length > 0) leaveOut(suite, missing.join(', '));
  return missing.length === 0;
}

export function leaveOut(suite: string, missing: string): void {
  const text = `${suite}, for want of ${missing}`;
  if (process.env['HEPHY_REQUIRE_TOOLS'] === 'true') throw new Error(`cannot run ${text}`);
  console.error(`LEFT OUT: ${text}`);
}
