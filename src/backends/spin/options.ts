import { z } from 'zod';

/** `spin_config` of a build-config.yaml. */
export const SpinOptions = z.strictObject({
  manifest_path: z.string().default('spin.toml'),
  runtime: z.literal('wasi').default('wasi'),
  build: z.boolean().default(true),
});
export type SpinOptions = z.infer<typeof SpinOptions>;
