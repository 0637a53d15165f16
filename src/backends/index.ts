import type { BackendId } from '../domain/image.ts';
import type { Backend } from './backend.ts';
import { buildkit } from './buildkit/buildkit.ts';
import { BuildkitOptions } from './buildkit/options.ts';
export { KANIKO_IMAGE } from './kaniko/image.ts';
import { kaniko } from './kaniko/kaniko.ts';
import { ko } from './ko/ko.ts';
import { KoOptions } from './ko/options.ts';
import { SpinOptions } from './spin/options.ts';
import { spin } from './spin/spin.ts';

/** Every backend by its id. A folder that is not here is found by backends.test.ts. */
export const BACKENDS: Readonly<Record<BackendId, Backend>> = { buildkit, kaniko, ko, spin };

/** The part of a build-config.yaml that belongs to one backend, by its key. */
export const OPTION_SCHEMAS = {
  buildkit_config: BuildkitOptions,
  ko_config: KoOptions,
  spin_config: SpinOptions,
} as const;
