import { lstat, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HephyError } from '../errors.ts';
import { errorCode, errorMessage } from '../system/error-code.ts';

/** The directory for logs of legs, relative to the root of the checkout. */
export const LOG_DIRECTORY = '.hephy/logs';

/** Creates a directory for files that hephy-builder writes into a checkout. Git ignores its contents. */
export async function makeOwnDirectory(root: string, path: string): Promise<void> {
  for (const each of [dirname(path), path]) await requireDirectory(root, each);
  try {
    await writeFile(join(root, path, '.gitignore'), '*\n', { flag: 'wx' });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw unwritable(path, error);
  }
}

/** Repositories are not trusted: through a symbolic link in one, hephy would write to any place on the machine. */
async function requireDirectory(root: string, path: string): Promise<void> {
  try {
    await mkdir(join(root, path));
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw unwritable(path, error);
  }
  const found = await lstat(join(root, path));
  if (found.isDirectory()) return;
  const problem = found.isSymbolicLink() ? 'is a symbolic link' : 'is not a directory';
  throw new HephyError('WORK_DIRECTORY', `${path}, a directory for files of hephy-builder, ${problem}`, {
    hint: 'Remove or rename it: hephy creates the directory itself.',
  });
}

export function unwritable(path: string, cause: unknown): HephyError {
  const isLink = errorCode(cause) === 'ELOOP';
  return new HephyError(
    'WORK_DIRECTORY',
    `cannot write ${path}: ${isLink ? 'it is a symbolic link' : errorMessage(cause)}`,
    {
      hint: isLink
        ? 'Remove the link: hephy does not write through symbolic links.'
        : 'Check the permissions of the checkout and the free space on its disk.',
      cause,
    },
  );
}
