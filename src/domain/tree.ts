/** Where a path leads, once the symbolic links on the way to it are followed. */
export type Resolved =
  | {
      readonly path: string;
      /** Every link that was followed, in order. */
      readonly links: readonly string[];
    }
  | {
      readonly path: null;
      readonly links: readonly string[];
      readonly fault: 'outside' | 'circle';
    };

/**
 * The files of a repository as one run sees them: a commit's, or the working tree's. Deciding code asks this and never
 * the disk, so that `plan --head REV` reads REV and not what happens to be checked out. Symbolic links are followed, as
 * builders do, and never out of the repository.
 */
export interface FileTree {
  /** Sorted, from the root, `/` between parts. Submodules and links count as one path each. */
  readonly paths: readonly string[];
  /** The text of each symbolic link, by its path. */
  readonly links: ReadonlyMap<string, string>;
  resolve(path: string): Resolved;
  has(path: string): boolean;
  /** Undefined where there is no such file. */
  read(path: string): Promise<Buffer | undefined>;
  /** Many at once, in one process: what is missing is absent from the answer. */
  readAll(paths: readonly string[]): Promise<ReadonlyMap<string, Buffer>>;
}
