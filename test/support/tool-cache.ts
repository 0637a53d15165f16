import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const TOOLS = join(homedir(), '.cache/hephy-builder/tools');

/** What script/install-tools.mjs and script/get-busybox leave in the tool cache. */
export const BUILDCTL = join(TOOLS, 'buildctl/0.26.3/buildctl');
export const BUILDKITD = join(TOOLS, 'buildkitd/0.26.3/buildkitd');
export const BUSYBOX = {
  amd64: join(TOOLS, 'busybox/amd64/busybox'),
  arm64: join(TOOLS, 'busybox/arm64/busybox'),
} as const;

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
