import { constants } from 'node:fs';
import { lstat, mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { HephyError } from '../../errors.ts';
import { errorCode } from '../../system/error-code.ts';

const DIRECTORY = '.hephy/logs';
const { O_CREAT, O_NOFOLLOW, O_TRUNC, O_WRONLY } = constants;

export interface LegLog {
  write(line: string): void;
  close(): Promise<void>;
}

/** From the repository's root; the log of a leg as one finds it again. */
export function logPath(id: string): string {
  return `${DIRECTORY}/${id.replaceAll('/', '-')}.log`;
}

/** Before the first leg starts. The directory ignores itself, so that no log becomes a change of somebody's image. */
export async function prepareLogs(root: string): Promise<void> {
  for (const path of ['.hephy', DIRECTORY]) await requireDirectory(root, path);
  try {
    await writeFile(join(root, DIRECTORY, '.gitignore'), '*\n', { flag: 'wx' });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw unwritable(DIRECTORY, error);
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
  const what = found.isSymbolicLink() ? 'is a link' : 'is no directory';
  throw new HephyError('WORK_DIRECTORY', `${path}, where logs are kept, ${what}`, {
    hint: `Remove or rename it: hephy makes the directory itself.`,
  });
}

/** A log that can no longer be written, on a full disk, does not end the build. */
export async function openLog(root: string, id: string): Promise<LegLog> {
  const path = logPath(id);
  const flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW;
  const handle = await open(join(root, path), flags, 0o644).catch((error: unknown) => {
    throw unwritable(path, error);
  });
  const stream = handle.createWriteStream();
  stream.on('error', () => undefined);
  return {
    write: (line) => void stream.write(`${line}\n`),
    close: async () => {
      stream.end();
      await finished(stream).catch(() => undefined);
    },
  };
}

function unwritable(path: string, cause: unknown): HephyError {
  const links = errorCode(cause) === 'ELOOP';
  const why = links ? 'it is a link' : cause instanceof Error ? cause.message : String(cause);
  return new HephyError('WORK_DIRECTORY', `${path} cannot be written: ${why}`, {
    hint: links
      ? 'Remove it: hephy does not write through links.'
      : 'Check the rights of the checkout and the room on its disk.',
    cause,
  });
}
