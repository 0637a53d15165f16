import type { ErrorCode } from '../errors.ts';
import type { ImageConfig } from './schema.ts';

/** One image's values, its project-wide defaults under them. */
export interface Subject {
  readonly dir: string;
  readonly values: ImageConfig;
  /** Fields that are there but wrong: they were reported, and are not absent. */
  readonly broken: ReadonlySet<string>;
}

/** What breaks a rule; `field` says where to point. */
export interface Finding {
  readonly code: ErrorCode;
  readonly field: string;
  readonly text: string;
  readonly hint?: string;
}
