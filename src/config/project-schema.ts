import { z } from 'zod';
import { BACKEND_IDS, KANIKO_IMAGE } from '../backends/index.ts';
import { Flag, Text, TextItem, optional, optionalText, optionalTexts } from '../domain/fields.ts';
import { Deploy, byArchitecture } from './field-types.ts';
import { LOGIN_FIELDS } from './login-fields.ts';
import { ImageConfig } from './schema.ts';

const A_COUNT = 'a positive integer';
const Count = z
  .union([z.int().positive(), z.string().regex(/^[1-9]\d{0,5}$/, { error: A_COUNT })], { error: A_COUNT })
  .transform(Number);

const BackendName = z.enum(['auto', ...BACKEND_IDS], { error: 'backend' });

/** `.hephy/project.yaml`. Each field in settings-table.ts is also an input and a variable. */
export const ProjectConfig = z.strictObject({
  registry: optionalText().meta({
    description: 'Where images are pushed: host and path.',
    kind: 'text',
    absent: '`ghcr.io/{owner}/{repo}` on GitHub, `$CI_REGISTRY_IMAGE` on GitLab',
    example: 'registry.example.com/acme/shop',
  }),
  layout: optional(z.enum(['tag', 'repository'], { error: 'layout' })).meta({
    description:
      '`tag`: one repository for all images; tags start with the name of the image. `repository`: one repository for each image.',
    kind: '`tag`, `repository`',
    absent: '`tag`',
    example: 'repository',
  }),
  tag_format: optionalText().meta({
    description:
      'The default tag, made of `{name}`, `{date}`, `{sha}`, `{branch}` (the branch or git tag of the run) and `{ref}` (`upstream_ref`; left out if there is none). The tags of v1 are `{name}-{date}-{ref}`.',
    kind: 'text',
    absent: '`{name}-{date}-{sha}`, in the repository layout `{date}-{sha}`',
    example: '{name}-{date}',
  }),
  ignore: optional(z.array(TextItem)).meta({
    description:
      'Globs of configs to ignore. As in `.gitignore`, the last match counts and `!` negates; `[]` ignores none.',
    kind: 'list of globs',
    absent: '`examples/**`, `docs/**`, `attic/**`',
    example: ['legacy/**', '!legacy/api/**'],
  }),
  runners: optional(
    byArchitecture(z.union([Text, z.array(TextItem)], { error: 'a label or a list of labels' })),
  ).meta({
    description: 'The machines that build, by platform: labels of GitHub runners, tags of GitLab runners.',
    kind: 'map platform → label or list of labels',
    absent: 'GitHub’s own runners; on GitLab `CICD_TAG_AMD64` and `CICD_TAG_ARM64`',
    example: { 'linux/arm64': ['self-hosted', 'arm64'] },
  }),
  backend: optional(
    z.union([BackendName, z.record(z.string().min(1), BackendName)], {
      error: 'a backend, or a mapping from image to backend',
    }),
  ).meta({
    description: 'Overrides the backend of the configs, for all images or for some of them.',
    kind: '`auto`, a backend, or a map image → backend',
    absent: '`auto`: no override',
    example: { api: 'ko' },
  }),
  jobs: optional(Count).meta({
    description: 'The number of legs that one machine builds at the same time.',
    kind: 'number',
    absent: 'the number of cores',
    example: 2,
  }),
  max_jobs: optional(Count).meta({
    description: 'The maximum number of machines for each architecture.',
    kind: 'number',
    absent: '`4`',
    example: 8,
  }),
  fan_out: optional(z.enum(['native', 'single'], { error: 'fan-out' })).meta({
    description:
      '`native`: separate machines for each architecture. `single`: one machine for everything that needs no emulation.',
    kind: '`native`, `single`',
    absent: '`native`',
    example: 'single',
  }),
  rebuild: optional(z.enum(['changed', 'always'], { error: 'way to rebuild' })).meta({
    description:
      '`changed` builds images whose inputs changed. `always` also builds images that are already in the registry, without the layers of earlier runs.',
    kind: '`changed`, `always`',
    absent: '`changed`',
    example: 'always',
  }),
  rebuild_dependents: optional(Flag).meta({
    description: 'Whether a changed image rebuilds the images that depend on it.',
    kind: 'boolean',
    absent: '`true`',
    example: false,
  }),
  push: optional(z.enum(['auto', 'always', 'never'], { error: 'way to push' })).meta({
    description: '`auto` publishes, except from pull requests and merge requests.',
    kind: '`auto`, `always`, `never`',
    absent: '`auto`',
    example: 'always',
  }),
  redact: optional(Flag).meta({
    description: 'Whether registry hosts that contain an account number are hidden in all output.',
    kind: 'boolean',
    absent: '`true`',
    example: false,
  }),
  insecure_registries: optionalTexts().meta({
    description:
      'Registries, by host and port, that may be used without TLS. Loopback addresses are always allowed.',
    kind: 'list of hosts',
    absent: 'none',
    example: ['registry.internal:5000'],
  }),
  registry_mirrors: optionalTexts().meta({
    description:
      'Mirrors of Docker Hub, by host and path, for builds that run in a container on this machine.',
    kind: 'list of hosts',
    absent: 'none',
    example: ['mirror.example.com/hub'],
  }),
  ...LOGIN_FIELDS,
  kaniko_image: optionalText().meta({
    description: 'The kaniko image, for example of a mirror.',
    kind: 'reference',
    absent: `\`${KANIKO_IMAGE}\``,
    example: 'registry.example.com/kaniko:v1.28.3-debug',
  }),
  buildkit_image: optionalText().meta({
    description:
      'The image of the BuildKit that is started if `BUILDKIT_HOST` is not set, for example of a mirror.',
    kind: 'reference',
    absent: '`moby/buildkit` at the version of `hephy doctor`',
    example: 'registry.example.com/moby/buildkit:v0.26.3',
  }),
  defaults: optional(ImageConfig).meta({
    description: 'Defaults for the fields of every build-config.yaml. Maps are merged key by key.',
    kind: 'mapping',
    absent: 'none',
    example: { labels: { 'com.example.team': 'payments' } },
  }),
  deploy: optional(Deploy).meta({
    description: 'Where the application runs once its images are published.',
    kind: 'mapping with `target`, `app`, `namespace`',
    absent: 'not deployed',
    example: { target: 'kubernetes', app: 'shop' },
  }),
});
export type ProjectConfig = z.infer<typeof ProjectConfig>;
