export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment of the child: see `childEnv`. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  readonly timeoutMs?: number;
  /** Keeps only this many bytes from the end of each stream, so that endless output does not fill the memory. */
  readonly keepBytes?: number;
  readonly signal?: AbortSignal;
  /** Called for every complete line, without its end. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** The program prints a few lines and exits: it reads no input, and starts nothing that may wait for the network. */
  readonly answer?: 'short';
}

export interface Finished {
  /** Null if a signal ended the program. */
  readonly exitCode: number | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly timedOut: boolean;
  readonly durationMs: number;
}
