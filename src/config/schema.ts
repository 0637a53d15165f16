import { z } from 'zod';
import { OPTION_SCHEMAS } from '../backends/index.ts';
import { BACKEND_IDS } from '../domain/image.ts';

/** build-config.yaml as its author wrote it, after `null`s and empty lists were dropped. Cross-field rules: rules.ts. */
export const ImageConfig = z.strictObject({
  build_backend: z.enum(BACKEND_IDS).optional(),
  ci_platform: z.enum(['gitlab', 'github']).optional(),
  name: z.string().optional(),
  use_local_context: z.boolean().optional(),
  upstream_repo: z.string().optional(),
  upstream_ref: z.string().optional(),
  dockerfile_path: z.string().optional(),
  context_path: z.string().optional(),
  target: z.string().optional(),
  targets: z.array(z.string()).optional(),
  build_args: z.record(z.string(), z.string()).optional(),
  secrets: z
    .array(z.strictObject({ id: z.string(), env: z.string().optional(), file: z.string().optional() }))
    .optional(),
  platforms: z.array(z.string()).optional(),
  additional_tags: z.array(z.string()).optional(),
  depends_on: z.array(z.string()).optional(),
  watch: z.array(z.string()).optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  cache: z
    .union([
      z.boolean(),
      z.strictObject({ mode: z.enum(['min', 'max']).optional(), ref: z.string().optional() }),
    ])
    .optional(),
  ko_config: OPTION_SCHEMAS.ko_config.optional(),
  spin_config: OPTION_SCHEMAS.spin_config.optional(),
  manual_build: z.boolean().optional(),
  manual_images: z.record(z.string(), z.string()).optional(),
  deploy: z.record(z.string(), z.unknown()).optional(),
});
export type ImageConfig = z.infer<typeof ImageConfig>;
