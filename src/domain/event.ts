export const EVENT_KINDS = ['push', 'merge_request', 'tag', 'schedule', 'manual'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** What started a run, in one shape for GitHub, GitLab and the command line. Values are as the platform gave them: hostile. */
export interface RunEvent {
  readonly kind: EventKind;
  /** Full ref name, `refs/heads/main`; `HEAD` where nothing is checked out by name. */
  readonly ref: string;
  /** The commit to build; null means the working tree as it stands, uncommitted changes included. */
  readonly sha: string | null;
  /** push: the commit before it, where the platform told one. Zeros and vanished commits are allowed. */
  readonly before: string | null;
  /** merge_request: the target branch's name, or a commit of it. */
  readonly target: string | null;
  readonly defaultBranch: string | null;
  /** merge_request: its number. */
  readonly number: number | null;
  readonly fromFork: boolean;
  /** manual: the images that were asked for; empty means all. */
  readonly images: readonly string[];
  /** The platform's run number, for `${BUILD_NUMBER}`. */
  readonly buildNumber: string | null;
}
