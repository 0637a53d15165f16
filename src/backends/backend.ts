import type { z } from 'zod';
import type { HephyError } from '../errors.ts';
import type { BackendId, DockerfileDialect, Leg } from '../domain/image.ts';
import type { BuildResult, ExecOutcome, Invocation } from '../domain/invocation.ts';
import type { Platform } from '../domain/platform.ts';
import type { Fit } from './choice.ts';
import type { IdentityPart, MirrorUse, SourceFiles, SourceRecipe } from './identity.ts';

/** Everything that changes an image besides the command line, its files and the sources. */
export interface Influences {
  /** Names of the user's variables that change the image; a prefix ends in `*`. They must not contain secrets. */
  readonly env: readonly string[];
  /** Images that are pulled although no Dockerfile names them, such as ko's base image. */
  readonly bases: readonly string[];
  /** Why two builds of the same sources may differ; null if they give the same image. */
  readonly unknown: string | null;
}

/** Facts about a backend for plans, pipelines and reports, so that none of them compares backend names. */
export interface Traits {
  /** How the backend reads a Dockerfile's stages, base images and build arguments; null if it builds no Dockerfiles. */
  readonly dockerfile: DockerfileDialect | null;
  /** The platforms of an image whose config sets none. */
  readonly defaultPlatforms: readonly Platform[];
  /** The backend compiles for every platform at full speed, so a runner of any architecture can build its legs. */
  readonly crossCompiles: boolean;
  /** The build runs programs of the image, so legs of another architecture need emulation. */
  readonly emulates: boolean;
  /** The cost of a leg relative to other backends, so that the longest path starts first. */
  readonly weight: number;
  /** On GitLab, legs run in jobs of the tool's own image, as commands without hephy-builder. */
  readonly ownJob: boolean;
  /** The command that pulls a published image, such as `docker pull`. */
  readonly pull: string;
  /** The backend follows symbolic links, so the target of a link is part of the source. */
  readonly followsLinks: boolean;
  /** Which build secrets the backend supports: all, only those from variables, or none. */
  readonly secrets: 'all' | 'variables' | 'none';
  /** Uses GitHub's cache service (`cache.ref: gha`). */
  readonly githubCache: boolean;
  /** Pulls the frontend that `# syntax=` names. */
  readonly frontends: boolean;
  readonly mirrors: MirrorUse;
  /** The backend builds in a BuildKit daemon; on GitLab, the job gets one as a service. */
  readonly usesBuilder: boolean;
  /** The parts that identify the tool. Two machines on which all parts are equal build the same image. */
  readonly identity: readonly IdentityPart[];
  /** Why a fingerprint of an upstream image is impossible; null if the upstream's commit determines the image. */
  readonly upstreamUnknown: string | null;
}

/** The platforms of every tool that makes Linux images. */
export const LINUX_PLATFORMS: readonly Platform[] = ['linux/amd64', 'linux/arm64', 'linux/arm/v7'];

/** The platforms of an image whose config names none, for every tool that makes Linux images. */
export const DEFAULT_LINUX_PLATFORMS: readonly Platform[] = ['linux/amd64', 'linux/arm64'];

/** The contract of a build tool. A backend is pure: it describes its command and never runs it. */
export interface Backend<Options = unknown> {
  readonly id: BackendId;
  readonly options: z.ZodType<Options>;
  readonly platforms: readonly Platform[];
  readonly traits: Traits;
  readonly fit: Fit<Options>;
  /** The program of its invocations, as `system/tools` knows it: `ko`, `buildctl`, `docker`. */
  readonly tool: string;
  /** The tool runs in a container and can only reach the parts of the machine that `Leg.container` lists. */
  readonly inContainer?: boolean;
  /** Files in addition to the context whose change triggers a build. `invocation` gets their contents as `inputFiles`. */
  inputs(recipe: SourceRecipe<Options>): readonly string[];
  sourceFiles(recipe: SourceRecipe<Options>): SourceFiles;
  /**
   * Patterns of the files that get into the image by name, read from the contents of the first of `inputs`. For these
   * files, a change of documentation triggers a build too. Absent if only a Dockerfile names files.
   */
  namedFiles?(input: string): readonly string[];
  invocation(leg: Leg<Options>): Invocation;
  /** Absent if nothing else changes the image. */
  influences?(leg: Leg<Options>, env: Readonly<Record<string, string | undefined>>): Influences;
  /** Files of the scratch directory that `readResult` needs. */
  resultFiles(leg: Leg<Options>): readonly string[];
  readResult(leg: Leg<Options>, outcome: ExecOutcome): BuildResult | HephyError;
  /** Explains a known failure; undefined if the failure is unknown, so that the end of the log is shown. */
  explain(outcome: ExecOutcome, leg: Leg<Options>): HephyError | undefined;
  /** Whether the image index keeps the attestations that the build pushed. Absent: no. */
  attests?(options: Options): boolean;
  /** The output to show for a failure, if it is not the end of the log. */
  excerpt?(outcome: ExecOutcome): readonly string[] | undefined;
}
