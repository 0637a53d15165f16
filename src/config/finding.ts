import type { ErrorCode } from '../errors.ts';
import type { ImageConfig } from './schema.ts';

/** The values of one image, with the project-wide defaults applied. */
export interface Subject {
  readonly dir: string;
  readonly values: ImageConfig;
  /** Fields that are set but invalid: they are already reported, and do not count as absent. */
  readonly broken: ReadonlySet<string>;
}

/** A broken rule; `field` is the field that the message points to. */
export interface Finding {
  readonly code: ErrorCode;
  readonly field: string;
  readonly text: string;
  readonly hint?: string;
}
