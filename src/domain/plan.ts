import { z } from 'zod';
import { EVENT_KINDS } from './event.ts';
import { PLATFORMS } from './platform.ts';

/**
 * The plan: what `prepare` decided and every later step obeys. It is a contract (`hephy plan --json`), so fields are
 * added, never renamed. It holds no registry host and no secret: GitHub drops a job output with a masked value in it.
 */
const source = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('local'), context: z.string(), dockerfile: z.string().nullable() }),
  z.object({
    kind: z.literal('upstream'),
    repo: z.string(),
    ref: z.string(),
    commit: z.string().nullable(),
    submodules: z.boolean().optional(),
    lfs: z.boolean().optional(),
    context: z.string(),
    dockerfile: z.string().nullable(),
  }),
]);

const texts = z.record(z.string(), z.string());

export const PlanLeg = z.object({
  id: z.string(),
  target: z.string().nullable(),
  platform: z.enum(PLATFORMS),
  tag: z.string(),
  /** Legs of this run that must be pushed first. */
  needs: z.array(z.string()),
  /** `{NAME}_TAG` → tag, for the dependencies. */
  dependencyTags: texts,
  /** Of a run that publishes nothing: pushed under its tag all the same, as another machine builds on it. */
  shared: z.boolean().optional(),
  /** Of all that it is built from; null: not all of it can be known, for the reason that is given. */
  fingerprint: z
    .object({ hash: z.string(), parts: texts })
    .or(z.object({ unknown: z.string() }))
    .optional(),
  /** The image that was built from the same before: this leg is not built again. */
  unchanged: z.object({ digest: z.string(), revision: z.string().nullable() }).optional(),
});
export type PlanLeg = z.infer<typeof PlanLeg>;

/**
 * Which tags belong together: `ref`, those of the branch, git tag or request that the run is for; `version`, those of
 * the releases within `1` or `1.4`. All others are shared by the branches of the repository.
 */
export const TagLine = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ref') }),
  z.object({ kind: z.literal('version'), within: z.string() }),
]);
export type TagLine = z.infer<typeof TagLine>;

/** One published image: an image without targets has one, an image with targets one per target. */
export const PlanOutput = z.object({
  name: z.string(),
  target: z.string().nullable(),
  /** Below the registry: empty in the tag layout, the image's name in the repository layout. */
  repository: z.string(),
  /** The first is the default tag. */
  tags: z.array(z.string()).min(1),
  /** The default tag without its number, where an earlier run of the same commit published another image under it. */
  plainTag: z.string().optional(),
  /** Of additional tags that are not shared. */
  lines: z.record(z.string(), TagLine).optional(),
  legs: z.array(z.string()),
  /** v1's `manual_images`: references to join instead of legs, by platform. */
  existing: z.record(z.string(), z.string()).optional(),
});
export type PlanOutput = z.infer<typeof PlanOutput>;

export const PlanImage = z.object({
  name: z.string(),
  dir: z.string(),
  config: z.string(),
  /** A folder of `backends/`; a plan that names another one is refused when it is read. */
  backend: z.string(),
  reason: z.string(),
  why: z.string(),
  dependsOn: z.array(z.string()),
  /** Where each dependency was found: `base` → `curl/Dockerfile:1`. */
  dependencyOrigins: texts,
  source,
  /** The commit that the tags and the revision label name. */
  revision: z.string(),
  dirty: z.boolean(),
  /** Of the git tag that counts for it. */
  version: z.object({ gitTag: z.string(), version: z.string(), prerelease: z.boolean() }).optional(),
  tags: z.array(z.string()),
  /** Where each tag came from: `api-1.4` → `{major}.{minor} from git tag v1.4.2`. */
  tagOrigins: texts,
  platforms: z.array(z.enum(PLATFORMS)),
  /** Where they were said: `default`, `platforms`, `ko_config.platforms`, `defaults in .hephy/project.yaml`. */
  platformsOrigin: z.string().optional(),
  outputs: z.array(PlanOutput),
  legs: z.array(PlanLeg),
  buildArgs: texts,
  secrets: z.array(z.object({ id: z.string(), env: z.string().optional(), file: z.string().optional() })),
  labels: texts,
  annotations: texts,
  cache: z.object({ enabled: z.boolean(), mode: z.enum(['min', 'max']), ref: z.string().nullable() }),
  options: z.unknown(),
  /** Of the build arguments that hephy-builder fills in itself, those that the Dockerfile declares; null: not known. */
  filledArguments: z.array(z.string()).nullable().optional(),
  /** Images that its Dockerfile pulls and that no run of this repository makes; null: not known. */
  pulls: z.array(z.string()).nullable().optional(),
  /** Those that only some platforms pull, by platform. */
  platformPulls: z.record(z.string(), z.array(z.string())).optional(),
  /** Globs of more files whose change rebuilds it. */
  watch: z.array(z.string()).optional(),
  /** What `explain` would suggest: `go.mod and cmd/ found: build_backend: ko would build this without a Dockerfile`. */
  suggestions: z.array(z.string()),
});
export type PlanImage = z.infer<typeof PlanImage>;

/** `kaniko`: runs in kaniko's own image, where there is no hephy-builder (GitLab). `node`: hephy-builder runs it. */
export const JOB_KINDS = ['node', 'kaniko'] as const;
export type JobKind = (typeof JOB_KINDS)[number];

export const PlanJob = z.object({
  id: z.string(),
  platform: z.enum(PLATFORMS),
  kind: z.enum(JOB_KINDS).default('node'),
  runner: z.array(z.string()),
  legs: z.array(z.string()),
  needs: z.array(z.string()),
});
export type PlanJob = z.infer<typeof PlanJob>;

export const Plan = z.object({
  version: z.literal(2),
  run: z.object({
    event: z.enum(EVENT_KINDS),
    ref: z.string(),
    sha: z.string(),
    base: z.string().nullable(),
    basis: z.string(),
    date: z.string(),
    push: z.boolean(),
    /** Of this repository, where it is known. */
    defaultBranch: z.string().optional(),
    /** A schedule, or `rebuild: always`: all is built again, without the layers of earlier runs. */
    rebuild: z.boolean().optional(),
    /** Of `sha`, in seconds: what local sources are dated, so that builds can be repeated. */
    commitTime: z.number().optional(),
  }),
  layout: z.enum(['tag', 'repository']),
  images: z.array(PlanImage),
  jobs: z.array(PlanJob),
  skipped: z.array(z.object({ dir: z.string(), name: z.string().optional(), reason: z.string() })),
  /** Tags that no leg of this run makes and that must exist in the registry before a build may start. */
  fallbacks: z.array(
    z.object({ image: z.string(), dependency: z.string(), repository: z.string(), tag: z.string() }),
  ),
  warnings: z.array(z.string()),
});
export type Plan = z.infer<typeof Plan>;
