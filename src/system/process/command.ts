export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment of the child: see `childEnv`. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  readonly timeoutMs?: number;
  /** Of each stream only the end is kept, this much: a program that never stops printing must not fill the memory. */
  readonly keepBytes?: number;
  readonly signal?: AbortSignal;
  /** Called for every complete line, without its end. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** It prints a few lines and ends at once by itself: it reads no input, and starts nothing that may wait for the network. */
  readonly answer?: 'short';
}

export interface Finished {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly timedOut: boolean;
  readonly durationMs: number;
}
