import { findConfigs, type Skipped } from '../config/find.ts';
import type { ChangedFile } from '../domain/change.ts';

export interface DeletedInput {
  readonly files: readonly ChangedFile[];
  /** Directories that contain an image now: if only the config's extension changed, the image still exists. */
  readonly dirs: readonly string[];
  readonly ignore: readonly string[];
}

/** Images whose config was deleted: they are reported as skipped, with the reason. */
export function findDeleted({ files, dirs, ignore }: DeletedInput): readonly Skipped[] {
  const deleted = files.filter(({ status }) => status === 'deleted').map(({ path }) => path);
  const { found } = findConfigs(deleted, ignore);
  return found.filter(({ dir }) => !dirs.includes(dir)).map(({ dir }) => ({ dir, reason: 'deleted' }));
}
