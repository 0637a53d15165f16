import { KoOptions } from './ko/options.ts';
import { SpinOptions } from './spin/options.ts';

/** The part of a build-config.yaml that belongs to one backend, by its key. */
export const OPTION_SCHEMAS = { ko_config: KoOptions, spin_config: SpinOptions } as const;
