import type { Env } from '../system/env.ts';

/** What a platform's side of the contract may touch, so that a test can hold all of it. */
export interface CiHost {
  readonly env: Env;
  /** Where the log is read. */
  readonly write: (text: string) => void;
}
