import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { makeOwnDirectory, unwritable } from '../own-directory.ts';

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

/** Before the first leg starts. */
export async function prepareLogs(root: string): Promise<void> {
  await makeOwnDirectory(root, DIRECTORY);
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
