import { arch } from 'node:process';
import { traitsOf } from '../backends/index.ts';
import type { BackendId } from '../domain/image.ts';
import { ociPlatform, type Platform } from '../domain/platform.ts';

/** From Node's names of architectures to those of images. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64', arm: 'arm' };

/** For another architecture than this machine: its programs require emulation. */
export function isForeign(platform: Platform): boolean {
  return ociPlatform(platform).architecture !== (ARCHITECTURES[arch] ?? arch);
}

/** kaniko runs an image's own programs on this machine; ko and spin compile for another one, at full speed. */
export function isEmulated(backend: BackendId, platform: Platform): boolean {
  return traitsOf(backend).emulates && isForeign(platform);
}
