import type { ImagePlatform } from './schema.ts';

/** Compares platforms by containerd's rules, because tools write them differently: `arm64/v8` is `arm64`. */
export function isSamePlatform(one: ImagePlatform, other: ImagePlatform): boolean {
  return formatPlatform(normalize(one)) === formatPlatform(normalize(other));
}

export function formatPlatform({ os, architecture, variant }: ImagePlatform): string {
  return [os, architecture, variant].filter((part) => part !== undefined && part !== '').join('/');
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64', wasm32: 'wasm' };
const IMPLIED_VARIANT: Readonly<Record<string, string>> = { amd64: 'v1', arm64: 'v8', arm: 'v7' };

function normalize({ os, architecture, variant }: ImagePlatform): ImagePlatform {
  const lower = architecture.toLowerCase();
  const known = ARCHITECTURES[lower] ?? lower;
  const written = variant?.toLowerCase().replace(/^(\d)/, 'v$1') || undefined;
  const effective = written ?? IMPLIED_VARIANT[known];
  return {
    os: os.toLowerCase(),
    architecture: known,
    ...(effective === undefined ? {} : { variant: effective }),
  };
}
