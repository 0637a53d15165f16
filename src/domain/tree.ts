/**
 * The files of a repository as one run sees them: a commit's, or the working tree's. Deciding code asks this and never
 * the disk, so that `plan --head REV` reads REV and not what happens to be checked out.
 */
export interface FileTree {
  /** Sorted, from the root, `/` between parts. Submodules count as one path without content. */
  readonly paths: readonly string[];
  has(path: string): boolean;
  /** Undefined where there is no such file. Symbolic links give the text of their target. */
  read(path: string): Promise<Buffer | undefined>;
  /** Many at once, in one process: what is missing is absent from the answer. */
  readAll(paths: readonly string[]): Promise<ReadonlyMap<string, Buffer>>;
}
