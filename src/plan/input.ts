import type { ConfiguredImage, Settings } from '../config/settings.ts';
import type { ChangeSet, Verdict } from '../domain/change.ts';
import type { Choice, FoundDependency, Pulls } from '../domain/choice.ts';
import type { RunEvent } from '../domain/event.ts';
import type { Plan } from '../domain/plan.ts';

/** One image of the repository with all that was found out about it. */
export interface ImageInput {
  readonly configured: ConfiguredImage;
  readonly choice: Choice;
  readonly dependencies: readonly FoundDependency[];
  /** From select's `listFilledArguments`. */
  readonly filledArguments: readonly string[] | null;
  /** From select's `listPulls`. */
  readonly pulls: Pulls | null;
  /** The commit that `upstream_ref` names now; null where there is no upstream, or where it could not be asked. */
  readonly upstreamCommit: string | null;
}

/** Everything that a plan depends on. The same input gives the same plan, on any machine. */
export interface PlanInput {
  readonly event: RunEvent;
  /** What is checked out and built: the tags and the revision label name it. */
  readonly head: { readonly sha: string; readonly commitTime: number };
  readonly changes: ChangeSet;
  readonly settings: Settings;
  /** All images that this CI platform builds, affected or not. */
  readonly images: readonly ImageInput[];
  /** By name, of each image for itself: dependents are added here. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** UTC, YYYYMMDD. */
  readonly date: string;
  /** For `additional_tags`, by name; empty for a known variable that has no value in this run. */
  readonly variables: Readonly<Record<string, string>>;
  /** Short names of the git tags at `head`. */
  readonly gitTags: readonly string[];
  readonly skipped: Plan['skipped'];
  readonly warnings: readonly string[];
}
