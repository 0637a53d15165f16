import { z } from 'zod';
import { BACKEND_IDS, OPTION_SCHEMAS } from '../backends/index.ts';
import {
  Flag,
  Text,
  optional,
  optionalList,
  optionalPlatforms,
  optionalText,
  optionalTexts,
} from '../domain/fields.ts';
import { BuildArgs, CacheSetting, Deploy, Secret, Stage, TextMap, byArchitecture } from './field-types.ts';

/**
 * build-config.yaml, the config of one image. Rules across fields are in rules.ts. The notes of each field are used for
 * the JSON Schema of editors and for the table in docs/build-config.md.
 */
export const ImageConfig = z.strictObject({
  build_backend: optional(z.enum(BACKEND_IDS, { error: 'backend' })).meta({
    description: 'The tool that builds the image.',
    kind: '`kaniko`, `buildkit`, `ko`, `spin`',
    absent: 'detected',
    example: 'ko',
  }),
  ci_platform: optional(z.enum(['gitlab', 'github'], { error: 'CI platform' })).meta({
    description:
      'The only CI platform that builds the image, for a repository that is mirrored to the other one.',
    kind: '`gitlab`, `github`',
    absent: 'both',
    example: 'gitlab',
  }),
  name: optionalText().meta({
    description: 'The image’s name, in its tags and for the images that depend on it.',
    kind: 'text',
    absent: 'the directory’s path joined with `-`',
    example: 'api',
  }),
  use_local_context: optional(Flag).meta({
    description:
      'Build the files of this repository. v1 required it; it cannot be combined with `upstream_repo`.',
    kind: 'boolean',
    absent: '`true`, unless there is an `upstream_repo`',
    example: true,
  }),
  upstream_repo: optionalText().meta({
    description: 'The git address of another repository to build.',
    kind: 'git URL',
    absent: 'none',
    example: 'https://github.com/spkane/scratch-helloworld.git',
  }),
  upstream_ref: optionalText().meta({
    description:
      'Tag, branch or commit of `upstream_repo`. It is resolved to a commit once, so that every architecture builds the same commit.',
    kind: 'text',
    absent: 'the upstream’s default branch',
    example: 'v1.25.3',
  }),
  upstream_submodules: optional(Flag).meta({
    description: 'Fetch the submodules of `upstream_repo` as well.',
    kind: 'boolean',
    absent: '`false`',
    example: true,
  }),
  upstream_lfs: optional(Flag).meta({
    description: 'Fetch the files that `upstream_repo` keeps in Git LFS. Needs git-lfs where the build runs.',
    kind: 'boolean',
    absent: '`false`',
    example: true,
  }),
  dockerfile_path: optionalText().meta({
    description:
      'The Dockerfile, relative to the image’s directory or, if it is not there, to `context_path`; for an upstream build, relative to the upstream’s root or to `context_path`.',
    kind: 'path',
    absent: '`Dockerfile`',
    example: 'deploy/Dockerfile',
  }),
  context_path: optionalText().meta({
    description:
      'The build context, relative to the image’s directory (it may be outside of that directory, but not of the repository); for an upstream build, relative to the upstream’s root.',
    kind: 'path',
    absent: '`.`',
    example: '..',
  }),
  target: optional(Stage)
    .transform((stage) => stage || undefined)
    .optional()
    .meta({
      description: 'The Dockerfile stage to build; `""` is none.',
      kind: 'text',
      absent: 'the last stage',
      example: 'runtime',
    }),
  targets: optionalList(Stage).meta({
    description: 'Several stages, built in one pass. Each is published as an image `{name}-{target}`.',
    kind: 'list',
    absent: 'none',
    example: ['executor', 'debug'],
  }),
  build_args: optional(BuildArgs).meta({
    description:
      'Build arguments. `${VAR}` and `${VAR:-default}` expand, `$${VAR}` does not; `KEY` without a value is read from the environment.',
    kind: 'list of `KEY=value`, or a map',
    absent: 'none',
    example: ['GO_VERSION=1.26', 'COMMIT=${GITHUB_SHA}'],
  }),
  secrets: optionalList(Secret).meta({
    description:
      'Build secrets, from a variable (`env`) or from a file beside the config (`file`). Their values reach the build step and nothing else.',
    kind: 'list of `{id, env}` or `{id, file}`',
    absent: 'none',
    example: [{ id: 'npm', env: 'NPM_TOKEN' }],
  }),
  platforms: optionalPlatforms().meta({
    description: 'What to build for: `linux/amd64`, `linux/arm64`, `linux/arm/v7`, `wasm32-wasi`.',
    kind: 'list of platforms',
    absent: '`[linux/amd64, linux/arm64]`, for spin `[wasm32-wasi]`',
    example: ['linux/amd64', 'linux/arm64'],
  }),
  additional_tags: optionalTexts().meta({
    description:
      'Tags in addition to the default one. `${VAR}` expands; `{version}`, `{major}.{minor}` and `{major}` come from a semver git tag.',
    kind: 'list',
    absent: 'none',
    example: ['latest', '${BRANCH_NAME}', '{major}.{minor}'],
  }),
  depends_on: optionalTexts().meta({
    description: 'Images that must be built first, in addition to those that the Dockerfile names.',
    kind: 'list of image names',
    absent: 'none',
    example: ['base'],
  }),
  watch: optionalTexts().meta({
    description:
      'Globs, relative to the repository’s root, of more files that rebuild the image when they change.',
    kind: 'list of globs',
    absent: 'none',
    example: ['proto/**/*.proto'],
  }),
  labels: optional(TextMap).meta({
    description: 'Labels of the image, in addition to the standard `org.opencontainers.image.*`.',
    kind: 'map',
    absent: 'none',
    example: { 'com.example.team': 'payments' },
  }),
  annotations: optional(TextMap).meta({
    description: 'Annotations of the published index, in addition to the standard ones.',
    kind: 'map',
    absent: 'none',
    example: { 'com.example.support': 'payments@example.com' },
  }),
  cache: optional(CacheSetting).meta({
    description: 'The remote layer cache: on or off, or how much to keep (`mode`) and where (`ref`).',
    kind: 'boolean, or `{mode: min or max, ref}`',
    absent: '`true`',
    example: { mode: 'max' },
  }),
  buildkit_config: optional(OPTION_SCHEMAS.buildkit_config).meta({
    description: 'Options of the buildkit backend.',
    kind: 'mapping, see below',
    absent: 'BuildKit’s defaults',
    example: { provenance: true },
  }),
  ko_config: optional(OPTION_SCHEMAS.ko_config).meta({
    description: 'Options of the ko backend.',
    kind: 'mapping, see below',
    absent: 'ko’s defaults',
    example: { import_path: './cmd/server' },
  }),
  spin_config: optional(OPTION_SCHEMAS.spin_config).meta({
    description: 'Options of the spin backend.',
    kind: 'mapping, see below',
    absent: 'spin’s defaults',
    example: { manifest_path: 'spin.toml' },
  }),
  manual_build: optional(Flag).meta({
    description:
      'Build nothing: publish the images of `manual_images` as one multi-arch image, under the image’s tags.',
    kind: 'boolean',
    absent: '`false`',
    example: true,
  }),
  manual_images: optional(byArchitecture(Text)).meta({
    description:
      'The existing image of each architecture, for `manual_build`. A name without `/` and `:` is a tag in the project’s registry.',
    kind: 'map architecture → reference or tag',
    absent: 'none',
    example: { amd64: 'ghcr.io/acme/tool:1.0-amd64', arm64: 'ghcr.io/acme/tool:1.0-arm64' },
  }),
  deploy: optional(Deploy).meta({
    description: 'Where the image runs once it is published.',
    kind: 'mapping with `target`, `app`, `namespace`',
    absent: 'not deployed',
    example: { target: 'kubernetes', app: 'shop', namespace: 'web' },
  }),
});
export type ImageConfig = z.infer<typeof ImageConfig>;
