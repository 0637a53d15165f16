import { z } from 'zod';
import { Flag, list, optional, optionalPlatforms, optionalText, texts } from '../../domain/fields.ts';

const Assignment = z.string({ error: 'KEY=value' }).regex(/^[A-Za-z_][A-Za-z0-9_]*=/, { error: 'KEY=value' });

const Sbom = z.union([Flag, z.enum(['spdx', 'none'])], { error: 'true, false, spdx or none' });

/** `ko_config` of a build-config.yaml. v1 files carry all of these. */
export const KoOptions = z.strictObject({
  import_path: optionalText().meta({
    description: 'The main package to build, from the context or as a Go import path.',
    kind: 'path',
    absent: 'the only command below `cmd/`',
    example: './cmd/server',
  }),
  base_image: optionalText().meta({
    description: 'The base image for the binary.',
    kind: 'reference',
    absent: '`cgr.dev/chainguard/static:latest`',
    example: 'gcr.io/distroless/static:nonroot',
  }),
  platforms: optionalPlatforms().meta({
    description: 'Used if the config has no `platforms`.',
    kind: 'list of platforms',
    absent: 'the image’s `platforms`',
    example: ['linux/amd64', 'linux/arm64'],
  }),
  env: list(Assignment).meta({
    description: 'Environment of the Go compiler.',
    kind: 'list of `KEY=value`',
    absent: 'none',
    example: ['CGO_ENABLED=0'],
  }),
  flags: texts().meta({
    description: 'Flags for `go build`, one per item.',
    kind: 'list',
    absent: 'none',
    example: ['-trimpath'],
  }),
  ldflags: texts().meta({
    description: 'Linker flags, one per item.',
    kind: 'list',
    absent: 'none',
    example: ['-s', '-w', '-X main.version=1.4.2'],
  }),
  working_dir: optionalText().meta({
    description:
      'Directory of the Go module, relative to the context, if it is not the context itself. An absolute path, as in v1 files, is ignored with a warning.',
    kind: 'path',
    absent: '`.`',
    example: 'backend',
  }),
  sbom: optional(Sbom)
    .transform((value) => value ?? true)
    .default(true)
    .meta({
      description: 'Publish a software bill of materials with the image: `true` and `spdx` are the same.',
      kind: '`true`, `false`, `spdx`, `none`',
      absent: '`true`',
      example: false,
    }),
});
export type KoOptions = z.infer<typeof KoOptions>;
