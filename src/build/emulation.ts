import { arch } from 'node:process';
import { traitsOf } from '../backends/index.ts';
import type { BackendId } from '../domain/image.ts';
import { ociPlatform, type Platform } from '../domain/platform.ts';

/** Node's names for what images call otherwise. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64', arm: 'arm' };

/** Not of this machine: its programs run by emulation, if at all. */
export function isForeign(platform: Platform): boolean {
  return ociPlatform(platform).architecture !== (ARCHITECTURES[arch] ?? arch);
}

/** kaniko runs an image's own programs on this machine; ko and spin compile for another one, at full speed. */
export function isEmulated(backend: BackendId, platform: Platform): boolean {
  return traitsOf(backend).emulates && isForeign(platform);
}
