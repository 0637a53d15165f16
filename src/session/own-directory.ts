import { lstat, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HephyError } from '../errors.ts';
import { errorCode, errorMessage } from '../system/error-code.ts';

/** Where the logs of legs are kept, from the root of the checkout. */
export const LOG_DIRECTORY = '.hephy/logs';

/** What hephy-builder writes into a checkout lies below this, each kind in a directory that git ignores. */
export async function makeOwnDirectory(root: string, path: string): Promise<void> {
  for (const each of [dirname(path), path]) await requireDirectory(root, each);
  try {
    await writeFile(join(root, path, '.gitignore'), '*\n', { flag: 'wx' });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw unwritable(path, error);
  }
}

/** A repository is built before it is trusted: a link in it would have us write wherever it points. */
async function requireDirectory(root: string, path: string): Promise<void> {
  try {
    await mkdir(join(root, path));
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw unwritable(path, error);
  }
  const found = await lstat(join(root, path));
  if (found.isDirectory()) return;
  const what = found.isSymbolicLink() ? 'is a symbolic link' : 'is not a directory';
  throw new HephyError('WORK_DIRECTORY', `${path}, a directory for files of hephy-builder, ${what}`, {
    hint: 'Remove or rename it: hephy creates the directory itself.',
  });
}

export function unwritable(path: string, cause: unknown): HephyError {
  const links = errorCode(cause) === 'ELOOP';
  return new HephyError(
    'WORK_DIRECTORY',
    `cannot write ${path}: ${links ? 'it is a symbolic link' : errorMessage(cause)}`,
    {
      hint: links
        ? 'Remove the link: hephy does not write through symbolic links.'
        : 'Check the permissions of the checkout and the free space on its disk.',
      cause,
    },
  );
}
