/** A file that must stand before the command starts. `path` is absolute, inside the leg's scratch directory. */
export interface InvocationFile {
  readonly path: string;
  readonly content: string;
  /** Secrets are written 0600, and removed with the scratch directory. */
  readonly secret?: boolean;
}

/** The exact command of a leg. Golden files hold it, the runner executes it, GitLab's kaniko job gets it as a script. */
export interface Invocation {
  /** Name of the program as `system/tools` knows it: `ko`, `buildctl`, `docker`. */
  readonly tool: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** On top of the minimal environment and of what `passEnv` lets through. */
  readonly env: Readonly<Record<string, string>>;
  /** Names, or prefixes ending in `*`, of the user's variables that the tool may see. */
  readonly passEnv: readonly string[];
  readonly files: readonly InvocationFile[];
}

/** What a child left behind. `output` is the end of both streams in the order they came, already redacted. */
export interface ExecOutcome {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly output: string;
  readonly durationMs: number;
  readonly timedOut: boolean;
  /** Files that the invocation was to leave in the scratch directory, by absolute path. */
  readonly files: Readonly<Record<string, string>>;
}

export interface BuildResult {
  /** Null where the tool cannot tell; the tag stands in the registry all the same. */
  readonly digest: string | null;
}
