import type { z } from 'zod';
import type { HephyError } from '../errors.ts';
import type { BackendId, DockerfileDialect, Leg } from '../domain/image.ts';
import type { BuildResult, ExecOutcome, Invocation } from '../domain/invocation.ts';
import type { Platform } from '../domain/platform.ts';
import type { Fit } from './choice.ts';
import type { IdentityPart, MirrorUse, SourceFiles, SourceRecipe } from './identity.ts';

/** What decides over an image beside the command line, its files and the sources. */
export interface Influences {
  /** Variables of the user that change the result, by name; a prefix ends in `*`. None of them may hold a secret. */
  readonly env: readonly string[];
  /** Images that are pulled and that no Dockerfile names. */
  readonly bases: readonly string[];
  /** Why two builds of the same may differ; null where nothing speaks for it. */
  readonly unknown: string | null;
}

/** Facts that plans, pipelines and reports decide by, so that none of them asks for a backend by its name. */
export interface Traits {
  /** How it reads a Dockerfile, whose stages, base images and build arguments then count; null: it builds none. */
  readonly dockerfile: DockerfileDialect | null;
  /** What an image is built for when nobody names a platform. */
  readonly defaultPlatforms: readonly Platform[];
  /** Compiles for every platform at full speed, so that a runner of any architecture can build its legs. */
  readonly crossCompiles: boolean;
  /** Runs an image's own programs on this machine: for another architecture, the machine emulates it. */
  readonly emulates: boolean;
  /** The cost of a leg beside those of other backends, so that the longest path starts first. */
  readonly weight: number;
  /** On GitLab, legs run in jobs of the tool's own image, as commands without hephy-builder. */
  readonly ownJob: boolean;
  /** The command that pulls what it published. */
  readonly pull: string;
  /** Reads files through symbolic links, so that a link's target is part of the source. */
  readonly followsLinks: boolean;
  /** Which build secrets it passes on: all, those from variables, none. */
  readonly secrets: 'all' | 'variables' | 'none';
  /** Uses GitHub's cache service (`cache.ref: gha`). */
  readonly githubCache: boolean;
  /** Pulls the frontend that `# syntax=` names. */
  readonly frontends: boolean;
  /** An image can contain parts of the images that it depends on; else it only waits for them. */
  readonly usesDependencies: boolean;
  readonly mirrors: MirrorUse;
  /** Hands its builds to a BuildKit daemon; on GitLab, the job gets one as a service. */
  readonly usesBuilder: boolean;
  /** What identifies the tool. Two machines where all parts agree build the same image. */
  readonly identity: readonly IdentityPart[];
  /** Why a fingerprint of an upstream image is impossible; null where the upstream's commit says everything. */
  readonly upstreamUnknown: string | null;
}

/** The platforms of every tool that makes Linux images. */
export const LINUX_PLATFORMS: readonly Platform[] = ['linux/amd64', 'linux/arm64', 'linux/arm/v7'];

/** The platforms of an image whose config names none, for every tool that makes Linux images. */
export const DEFAULT_LINUX_PLATFORMS: readonly Platform[] = ['linux/amd64', 'linux/arm64'];

/** What a build tool must say of itself. A backend describes and never runs: it is pure, so a golden file can hold it. */
export interface Backend<Options = unknown> {
  readonly id: BackendId;
  readonly options: z.ZodType<Options>;
  readonly platforms: readonly Platform[];
  readonly traits: Traits;
  readonly fit: Fit<Options>;
  /** The program of its invocations, as `system/tools` knows it: `ko`, `buildctl`, `docker`. */
  readonly tool: string;
  /** It runs in a container and sees of the machine what `Leg.container` says. */
  readonly inContainer?: boolean;
  /** Repository files, besides the context, that make a leg stale and whose contents `invocation` gets as `inputFiles`. */
  inputs(recipe: SourceRecipe<Options>): readonly string[];
  sourceFiles(recipe: SourceRecipe<Options>): SourceFiles;
  /**
   * Patterns of what gets into the image by name, from the first of `inputs`, whose contents are given: below these,
   * documentation makes a leg stale too. Absent: none, besides those of a Dockerfile.
   */
  namedFiles?(input: string): readonly string[];
  invocation(leg: Leg<Options>): Invocation;
  /** Absent: nothing else does. */
  influences?(leg: Leg<Options>, env: Readonly<Record<string, string | undefined>>): Influences;
  /** Files of the scratch directory that `readResult` wants to see. */
  resultFiles(leg: Leg<Options>): readonly string[];
  readResult(leg: Leg<Options>, outcome: ExecOutcome): BuildResult | HephyError;
  /** Names a failure it knows; undefined: show the end of the log. */
  explain(outcome: ExecOutcome, leg: Leg<Options>): HephyError | undefined;
  /** Whether the image index keeps the attestations that the build pushed. Absent: no. */
  attests?(options: Options): boolean;
  /** What to show of a failure, where that is not the end of the log. */
  excerpt?(outcome: ExecOutcome): readonly string[] | undefined;
}
