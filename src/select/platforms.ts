import { backendOf, traitsOf } from '../backends/index.ts';
import { HephyError } from '../errors.ts';
import type { ConfiguredImage } from '../config/settings.ts';
import type { BackendId } from '../domain/image.ts';
import type { Platform } from '../domain/platform.ts';
import { fieldPosition } from '../domain/position.ts';

/** The platforms of an image, each once, in the order they were written. */
export function choosePlatforms(
  image: ConfiguredImage,
  backend: BackendId,
  problems: HephyError[],
): readonly Platform[] {
  const chosen = image.platforms ?? traitsOf(backend).defaultPlatforms;
  const field = image.values.platforms === undefined ? 'ko_config.platforms' : 'platforms';
  chosen.forEach((platform, index) => {
    if (!backendOf(backend).platforms.includes(platform)) {
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
      hint: `${backend} builds for ${backendOf(backend).platforms.join(', ')}.`,
    },
  );
}
