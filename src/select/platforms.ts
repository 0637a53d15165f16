import { HephyError } from '../errors.ts';
import type { ConfiguredImage } from '../config/settings.ts';
import { BACKEND_PLATFORMS, type BackendId } from '../domain/image.ts';
import type { Platform } from '../domain/platform.ts';
import { fieldPosition } from '../domain/position.ts';

/** What each backend builds for when nobody says. */
const DEFAULTS: Readonly<Record<BackendId, readonly Platform[]>> = {
  kaniko: ['linux/amd64', 'linux/arm64'],
  buildkit: ['linux/amd64', 'linux/arm64'],
  ko: ['linux/amd64', 'linux/arm64'],
  spin: ['wasm32-wasi'],
};

/** The platforms of an image, each once, in the order they were written. */
export function choosePlatforms(
  image: ConfiguredImage,
  backend: BackendId,
  problems: HephyError[],
): readonly Platform[] {
  const chosen = image.platforms ?? DEFAULTS[backend];
  const field = image.values.platforms === undefined ? 'ko_config.platforms' : 'platforms';
  chosen.forEach((platform, index) => {
    if (!BACKEND_PLATFORMS[backend].includes(platform)) {
      problems.push(platformError({ image, backend, platform, field: `${field}[${index}]` }));
    }
  });
  return [...new Set(chosen)];
}

interface Unbuildable {
  readonly image: ConfiguredImage;
  readonly backend: BackendId;
  readonly platform: Platform;
  readonly field: string;
}

function platformError({ image, backend, platform, field }: Unbuildable): HephyError {
  return new HephyError(
    'CONFIG_PLATFORM',
    `${field}: ${backend} cannot build ${image.name} for ${platform}`,
    {
      at: fieldPosition(image, field),
      hint: `${backend} builds for ${BACKEND_PLATFORMS[backend].join(', ')}.`,
    },
  );
}
