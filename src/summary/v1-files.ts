import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ci } from '../ci/ci.ts';
import { HephyError } from '../errors.ts';
import type { V1Files } from '../report/v1-files.ts';
import { errorMessage } from '../system/error-code.ts';

export interface V1FilesOptions {
  readonly ci: Pick<Ci, 'id'>;
  /** The working directory of the job, which passes the files on to later jobs. */
  readonly cwd: string;
}

/** Writes the files on GitHub and GitLab, where other jobs may read them, but not into a local checkout. */
export async function writeV1Files(files: V1Files, { ci, cwd }: V1FilesOptions): Promise<void> {
  if (ci.id === 'local') return;
  for (const [name, content] of Object.entries(files)) await replaceFile(join(cwd, name), content);
}

/** Removes the old file first: if the repository has a symbolic link of that name, its target stays unchanged. */
async function replaceFile(path: string, content: string): Promise<void> {
  try {
    await rm(path, { force: true });
    await writeFile(path, content, { flag: 'wx' });
  } catch (cause) {
    throw new HephyError('CI_FILE', `cannot write ${path}: ${errorMessage(cause)}`, {
      hint: 'Jobs written for version 1 read this file. Check the permissions of the directory.',
      cause,
    });
  }
}
