import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toHephyError } from '../errors.ts';
import { errorCode } from '../system/error-code.ts';
import { moveIfExists } from '../system/files/move.ts';
import { keepTemporary, makeTemporary, removeTemporary } from '../system/files/temporary.ts';
import { LOG_DIRECTORY, makeOwnDirectory } from '../session/own-directory.ts';
import { RUN_DIRECTORY } from '../pipeline/files.ts';

export interface SetAside {
  /** The absolute path of the directory for logs during the builds. */
  readonly logs: string;
  /** Moves the logs of this run, and the files that were there before, into the checkout. */
  putBack(): Promise<void>;
}

/**
 * Keeps files of hephy-builder out of the checkout during builds: the whole checkout may be the context of an image, and
 * one more file makes another image. Builders differ in the files that they ignore, so removing ours is the only safe way.
 */
export async function setAside(root: string, warn: (line: string) => void): Promise<SetAside> {
  await makeOwnDirectory(root, LOG_DIRECTORY);
  const home = await makeTemporary('aside');
  const logs = join(home, 'logs');
  await mkdir(logs);
  await rm(join(root, LOG_DIRECTORY), { recursive: true, force: true });
  const hadRun = await moveIfExists(join(root, RUN_DIRECTORY), join(home, 'run'));
  await removeEmpty(join(root, dirname(LOG_DIRECTORY)));
  async function putBack(): Promise<void> {
    try {
      await keepLogs(root, logs);
      if (hadRun) await restoreRun(root, join(home, 'run'));
      await removeTemporary(home);
    } catch (error) {
      const kept = await keepTemporary(home, 'hephy').catch(() => undefined);
      const where = kept === undefined ? 'are lost' : `are kept in ${kept}`;
      warn(`cannot write ${LOG_DIRECTORY}, so the logs of this run ${where}: ${toHephyError(error).message}`);
    }
  }
  return { logs, putBack };
}

async function removeEmpty(directory: string): Promise<void> {
  try {
    await rmdir(directory);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(errorCode(error) ?? '')) throw error;
  }
}

/** A build may have created a file or link with the name of a log: it is removed, not written to. */
async function keepLogs(root: string, logs: string): Promise<void> {
  const names = await readdir(logs);
  if (names.length === 0) return;
  await makeOwnDirectory(root, LOG_DIRECTORY);
  for (const name of names) {
    const path = join(root, LOG_DIRECTORY, name);
    await rm(path, { recursive: true, force: true });
    await copyFile(join(logs, name), path, constants.COPYFILE_EXCL);
  }
}

async function restoreRun(root: string, from: string): Promise<void> {
  await makeOwnDirectory(root, RUN_DIRECTORY);
  await rm(join(root, RUN_DIRECTORY), { recursive: true, force: true });
  await moveIfExists(from, join(root, RUN_DIRECTORY));
}
