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

/** Says aloud which of the programs are missing, so that a suite that is left out is no secret. */
export function hasAll(suite: string, programs: readonly string[]): boolean {
  const missing = programs.filter((path) => !existsSync(path));
  if (missing.length > 0) console.error(`LEFT OUT: ${suite}, for want of ${missing.join(', ')}`);
  return missing.length === 0;
}
