import { z } from 'zod';
import { Flag, optional, optionalText } from '../../domain/fields.ts';

const Runtime = z.enum(['wasi'], { error: 'runtime' });

/** `spin_config` of a build-config.yaml. */
export const SpinOptions = z.strictObject({
  manifest_path: optionalText()
    .transform((path) => path ?? 'spin.toml')
    .default('spin.toml')
    .meta({
      description: 'The application’s manifest, relative to the context.',
      kind: 'path',
      absent: '`spin.toml`',
      example: 'edge/spin.toml',
    }),
  runtime: optional(Runtime)
    .transform((value) => value ?? 'wasi')
    .default('wasi')
    .meta({
      description: 'The interface that the components run on; `wasi` is the only value.',
      kind: '`wasi`',
      absent: '`wasi`',
      example: 'wasi',
    }),
  build: optional(Flag)
    .transform((value) => value ?? true)
    .default(true)
    .meta({
      description: 'Run the components’ own build commands first; `false` publishes the existing files.',
      kind: 'boolean',
      absent: '`true`',
      example: false,
    }),
});
export type SpinOptions = z.infer<typeof SpinOptions>;
