import { join } from 'node:path';
import { cacheDir } from '../../src/system/files/cache-dir.ts';
import { pinOf, toolPath } from '../../src/system/tools/tool-pins.ts';

/** What script/install-tools.mjs and script/get-busybox leave in the tool cache. */
export const KO = pinned('ko');
export const REGISTRY = pinned('registry');
export const BUILDCTL = pinned('buildctl');
export const BUILDKITD = pinned('buildkitd');
/** Of the system: builders mount by it. */
export const RUNC = '/usr/sbin/runc';
export const BUSYBOX = {
  amd64: join(cacheDir(process.env), 'tools/busybox/amd64/busybox'),
  arm64: join(cacheDir(process.env), 'tools/busybox/arm64/busybox'),
} as const;

export function pinned(name: string): string {
  const pin = pinOf(name);
  if (pin === undefined) throw new Error(`${name} is not in tools.json`);
  return toolPath(name, pin, process.env);
}
