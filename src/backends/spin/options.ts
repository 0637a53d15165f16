import { z } from 'zod';
import { Flag, optional, optionalText } from '../../domain/fields.ts';

const Runtime = z.enum(['wasi'], { error: 'runtime' });

/** `spin_config` of a build-config.yaml. */
export const SpinOptions = z.strictObject({
  manifest_path: optionalText()
    .transform((path) => path ?? 'spin.toml')
    .default('spin.toml')
    .meta({
      description: 'The application’s manifest, from the context.',
      kind: 'path',
      absent: '`spin.toml`',
      example: 'edge/spin.toml',
    }),
  runtime: optional(Runtime)
    .transform((value) => value ?? 'wasi')
    .default('wasi')
    .meta({
      description: 'What the components run on; there is one so far.',
      kind: '`wasi`',
      absent: '`wasi`',
      example: 'wasi',
    }),
  build: optional(Flag)
    .transform((value) => value ?? true)
    .default(true)
    .meta({
      description: 'Run the components’ own build commands first; `false` publishes what is there.',
      kind: 'boolean',
      absent: '`true`',
      example: false,
    }),
});
export type SpinOptions = z.infer<typeof SpinOptions>;
