import type { Env } from '../system/env.ts';

/** Everything outside of this program that a platform's code may use, so that a test can replace all of it. */
export interface CiHost {
  readonly env: Env;
  /** Writes to the log of the job. */
  readonly write: (text: string) => void;
}
