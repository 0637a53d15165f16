import type { Leg } from '../../domain/image.ts';
import { expandBaseImage } from './base-image.ts';
import { workingDirectory } from './go-module.ts';
import { koConfig, type KoConfig } from './ko-config.ts';
import { readKoFile, type KoFile } from './ko-file.ts';
import type { KoOptions } from './options.ts';

export interface ReadConfig {
  /** The project's own. */
  readonly file: KoFile;
  /** With `ko_config` laid over it: what ko gets. */
  readonly config: KoConfig;
}

export function readConfig(leg: Leg<KoOptions>): ReadConfig {
  const file = readKoFile(leg.inputFiles, workingDirectory(leg.recipe));
  const config = koConfig(leg, file, expandBaseImage(leg.recipe.options.base_image, leg.buildArgs));
  return { file, config };
}
