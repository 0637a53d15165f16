import { HephyError } from '../errors.ts';
import { askGit, runGit, type GitCall } from './git.ts';

/** git-lfs only writes files if its filters are configured. For all other git calls they are not: see `PLAIN_FILES`. */
const INSTALLED = [
  '-c',
  'filter.lfs.smudge=git-lfs smudge -- %f',
  '-c',
  'filter.lfs.clean=git-lfs clean -- %f',
];

/** Replaces Git LFS pointers with the files that they point to: https://github.com/git-lfs/git-lfs/blob/main/docs/man/git-lfs-pull.adoc */
export async function pullLargeFiles(call: GitCall, inSubmodules: boolean): Promise<void> {
  const version = await runGit(['lfs', 'version'], call);
  if (version.exitCode !== 0) {
    throw new HephyError('TOOL_MISSING', 'git-lfs was not found; upstream_lfs needs it', {
      hint: 'Install git-lfs (https://git-lfs.com), or remove upstream_lfs.',
    });
  }
  await askGit([...INSTALLED, 'lfs', 'pull'], call);
  if (inSubmodules)
    await askGit([...INSTALLED, 'submodule', '--quiet', 'foreach', '--recursive', 'git lfs pull'], call);
}
