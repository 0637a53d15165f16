import { findConfigs, type Skipped } from '../config/find.ts';
import type { ChangedFile } from '../domain/change.ts';

export interface DeletedInput {
  readonly files: readonly ChangedFile[];
  /** Directories that hold an image now: one whose config only changed its ending is still there. */
  readonly dirs: readonly string[];
  readonly ignore: readonly string[];
}

/** Images whose config is gone: nothing is built, and nobody has to wonder where they went. */
export function findDeleted({ files, dirs, ignore }: DeletedInput): readonly Skipped[] {
  const gone = files.filter(({ status }) => status === 'deleted').map(({ path }) => path);
  const { found } = findConfigs(gone, ignore);
  return found.filter(({ dir }) => !dirs.includes(dir)).map(({ dir }) => ({ dir, reason: 'deleted' }));
}
