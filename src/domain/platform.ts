/** What an image can be built for. The spelling is the one users write and the plan carries. */
export const PLATFORMS = ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'wasm32-wasi'] as const;
export type Platform = (typeof PLATFORMS)[number];

interface PlatformFacts {
  readonly slug: string;
  /** The end of an architecture image's tag, and the name of the runner group. */
  readonly arch: string;
  readonly oci: OciPlatform;
}

/** https://github.com/opencontainers/image-spec/blob/main/image-index.md#image-index-property-descriptions */
export interface OciPlatform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

const FACTS: Readonly<Record<Platform, PlatformFacts>> = {
  'linux/amd64': { slug: 'linux-amd64', arch: 'amd64', oci: { os: 'linux', architecture: 'amd64' } },
  'linux/arm64': { slug: 'linux-arm64', arch: 'arm64', oci: { os: 'linux', architecture: 'arm64' } },
  'linux/arm/v7': {
    slug: 'linux-arm-v7',
    arch: 'armv7',
    oci: { os: 'linux', architecture: 'arm', variant: 'v7' },
  },
  'wasm32-wasi': { slug: 'wasm32-wasi', arch: 'wasm', oci: { os: 'Wasip1', architecture: 'wasm' } },
};

/** Every way to write a platform; the last one is what wasm toolchains print. */
export const PLATFORM_SPELLINGS = [...PLATFORMS, 'wasi/wasm32'] as const;
export type PlatformSpelling = (typeof PLATFORM_SPELLINGS)[number];

export function spelledPlatform(spelling: PlatformSpelling): Platform {
  return spelling === 'wasi/wasm32' ? 'wasm32-wasi' : spelling;
}

/** Undefined where the text names no platform; the caller knows the file and line to blame. */
export function parsePlatform(text: string): Platform | undefined {
  const spelling = PLATFORM_SPELLINGS.find((known) => known === text);
  return spelling && spelledPlatform(spelling);
}

export function platformSlug(platform: Platform): string {
  return FACTS[platform].slug;
}

export function platformArch(platform: Platform): string {
  return FACTS[platform].arch;
}

export function ociPlatform(platform: Platform): OciPlatform {
  return FACTS[platform].oci;
}
