import type { BackendId } from './image.ts';
import type { Platform } from './platform.ts';

/** `skipped`: something it needs failed. `cancelled`: the run was interrupted before or while it ran. */
export const STATES = ['built', 'unchanged', 'failed', 'skipped', 'cancelled'] as const;
export type State = (typeof STATES)[number];

/** What an error says to a user: the shape of HephyError, so that a result stays a plain value that JSON can carry. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly at?: { readonly file: string; readonly line?: number; readonly column?: number } | undefined;
  readonly hint?: string | undefined;
  /** The references or hosts that the problem is about. */
  readonly subjects?: readonly string[] | undefined;
}

/** How one leg ended. Times are milliseconds, sizes are bytes as the registry stores them (compressed). */
export interface LegResult {
  readonly id: string;
  /** Name of the image in the plan; a target's leg belongs to its image. */
  readonly image: string;
  readonly target: string | null;
  readonly platform: Platform;
  readonly backend: BackendId;
  readonly tag: string;
  readonly state: State;
  readonly digest: string | null;
  readonly size: number | null;
  /** Since the epoch; null when it never started. */
  readonly startedAt: number | null;
  readonly durationMs: number;
  readonly emulated: boolean;
  /** Of a skipped leg: the leg whose failure stopped it. */
  readonly because: string | null;
  readonly error: Problem | null;
  /** The end of a failed leg's output, redacted. */
  readonly lastLines: readonly string[];
  /** Where its whole output is, from the repository's root; null when none was kept. */
  readonly log: string | null;
}

export interface PlatformResult {
  readonly platform: Platform;
  readonly digest: string;
  readonly size: number;
}

/** A tag of an image that does not name what this run made, and why. */
export interface UnmovedTag {
  readonly tag: string;
  /** What it names now; null: it does not exist. */
  readonly digest: string | null;
  /** `kept`: another run's image stays there. `refused`: by the registry. `restored`: put back because of that. */
  readonly reason: 'kept' | 'refused' | 'restored';
  readonly why: string;
}

/** How one published image (an output of the plan: an image, or one of its targets) ended. */
export interface ImageResult {
  /** Name of the output: `api`, `web-debug`. */
  readonly name: string;
  /** Name of the image in the plan. */
  readonly image: string;
  readonly backend: BackendId;
  readonly state: State;
  /** `host/path` that its tags are in, without a tag. */
  readonly repository: string;
  /** Those that name this image now. */
  readonly tags: readonly string[];
  /** The others of the plan that were to name it. */
  readonly unmoved: readonly UnmovedTag[];
  /** Of the index, or of the image where there is one platform; null when nothing was published. */
  readonly digest: string | null;
  readonly platforms: readonly PlatformResult[];
  /** The longest of its legs and its manifest: legs run side by side. */
  readonly durationMs: number;
  /** Of a skipped image: the images whose failure stopped it. */
  readonly because: readonly string[];
  readonly error: Problem | null;
}

export interface RunResult {
  /** `host/path` that everything went to. */
  readonly registry: string;
  /** False where a run builds but may not publish: a pull request, `--no-push`. */
  readonly pushed: boolean;
  readonly images: readonly ImageResult[];
  readonly legs: readonly LegResult[];
  readonly durationMs: number;
  readonly warnings: readonly string[];
}
