import { z } from 'zod';

/** `ko_config` of a build-config.yaml. v1 files carry all of these. */
export const KoOptions = z.strictObject({
  import_path: z.string().optional(),
  base_image: z.string().optional(),
  platforms: z.array(z.string()).optional(),
  env: z.array(z.string()).default([]),
  flags: z.array(z.string()).default([]),
  ldflags: z.array(z.string()).default([]),
  working_dir: z.string().optional(),
  sbom: z.union([z.boolean(), z.enum(['spdx', 'none'])]).default(true),
});
export type KoOptions = z.infer<typeof KoOptions>;
