import type { z } from 'zod';
import type { HephyError } from '../errors.ts';
import type { BackendId, Leg, Recipe } from '../domain/image.ts';
import type { BuildResult, ExecOutcome, Invocation } from '../domain/invocation.ts';
import type { Platform } from '../domain/platform.ts';

/** What decides over an image beside the command line, its files and the sources. */
export interface Influences {
  /** Variables of the user that change the result, by name; a prefix ends in `*`. None of them may hold a secret. */
  readonly env: readonly string[];
  /** Images that are pulled and that no Dockerfile names. */
  readonly bases: readonly string[];
  /** Why two builds of the same may differ; null where nothing speaks for it. */
  readonly unknown: string | null;
}

/** What a build tool must say of itself. A backend describes and never runs: it is pure, so a golden file can hold it. */
export interface Backend<Options = unknown> {
  readonly id: BackendId;
  readonly options: z.ZodType<Options>;
  readonly platforms: readonly Platform[];
  /** The program of its invocations, as `system/tools` knows it: `ko`, `buildctl`, `docker`. */
  readonly tool: string;
  /** It runs in a container and sees of the machine what `Leg.container` says. */
  readonly inContainer?: boolean;
  /** Repository files, besides the context, that make a leg stale and whose contents `invocation` gets as `inputFiles`. */
  inputs(recipe: Pick<Recipe<Options>, 'source' | 'options'>): readonly string[];
  invocation(leg: Leg<Options>): Invocation;
  /** Absent: nothing else does. */
  influences?(leg: Leg<Options>, env: Readonly<Record<string, string | undefined>>): Influences;
  /** Files of the scratch directory that `readResult` wants to see. */
  resultFiles(leg: Leg<Options>): readonly string[];
  readResult(leg: Leg<Options>, outcome: ExecOutcome): BuildResult | HephyError;
  /** Names a failure it knows; undefined: show the end of the log. */
  explain(outcome: ExecOutcome, leg: Leg<Options>): HephyError | undefined;
  /** What to show of a failure, where that is not the end of the log. */
  excerpt?(outcome: ExecOutcome): readonly string[] | undefined;
}
