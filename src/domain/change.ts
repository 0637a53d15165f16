export type ChangeStatus = 'added' | 'modified' | 'deleted';

/** One path that differs between the base and what is built. A rename is two of them: the old path and the new. */
export interface ChangedFile {
  /** From the repository's root, `/` between parts, bytes as git has them decoded as UTF-8. */
  readonly path: string;
  readonly status: ChangeStatus;
  /** Not in any commit: only when the working tree itself is built. */
  readonly uncommitted: boolean;
}

/** What changed, and against what: the answer of `changes/`, the input of every decision. */
export interface ChangeSet {
  readonly base: string | null;
  /** One line for `hephy explain`: how the base was found. */
  readonly basis: string;
  /** Set when there is nothing to compare with: every image counts as affected, for this reason. */
  readonly everything: string | null;
  readonly files: readonly ChangedFile[];
}

/** The paths that make one image stale. All from the repository's root. */
export interface ImageInputs {
  readonly name: string;
  /** Every file under these counts, except READMEs, Markdown and licenses. `.` is the whole repository. */
  readonly directories: readonly string[];
  /** These count whatever they are called: config, Dockerfile, .dockerignore. */
  readonly files: readonly string[];
  readonly watch: readonly string[];
  /** Patterns of what gets into the image by name: below these, documentation counts too. */
  readonly copies: readonly string[];
  /** Its config asks for tags that a git tag fills (`{version}`): a tag push builds it. */
  readonly followsTags: boolean;
  /** Answered by `go list`: where set, it stands in for `directories` for everything but `files` and `watch`. */
  readonly go: GoInputs | null;
}

export interface GoInputs {
  /** The main packages, as `explain` names them. */
  readonly packages: readonly string[];
  /** Package directories: a non-test file directly in one of them counts. */
  readonly directories: readonly string[];
  /** Directories whose whole subtree counts: packages that embed files, kodata. */
  readonly trees: readonly string[];
  /** go.mod, go.sum, go.work of the modules involved. */
  readonly files: readonly string[];
}

export interface Verdict {
  readonly affected: boolean;
  /** `changed: api/main.go`, `depends on base`, `no change`. */
  readonly why: string;
  /** An uncommitted change is among its inputs, so its tags say `-dirty`. */
  readonly dirty: boolean;
}
