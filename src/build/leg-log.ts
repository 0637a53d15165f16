import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { LegResult } from '../domain/result.ts';
import { LOG_DIRECTORY, makeOwnDirectory, unwritable } from '../session/own-directory.ts';

export interface LegLog {
  write(line: string): void;
  close(): Promise<void>;
}

/** The path of a leg's log after the run, from the repository's root. */
export function logPath(id: string): string {
  return `${LOG_DIRECTORY}/${nameOf(id)}`;
}

function nameOf(id: string): string {
  return `${id.replaceAll('/', '-')}.log`;
}

/** Creates the directory for logs, before the first build. */
export async function prepareLogs(root: string): Promise<void> {
  await makeOwnDirectory(root, LOG_DIRECTORY);
}

/** Opens the log of a leg. If later writes fail, for example on a full disk, the build goes on. */
export async function openLog(directory: string, id: string): Promise<LegLog> {
  const path = join(directory, nameOf(id));
  const handle = await open(path, 'w').catch((error: unknown) => {
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

/** Reports name only logs that exist: on a full disk some are missing. */
export async function nameWrittenLogs(
  root: string,
  legs: readonly LegResult[],
): Promise<readonly LegResult[]> {
  return Promise.all(
    legs.map(async (leg) => {
      const found = leg.log === null ? undefined : await stat(join(root, leg.log)).catch(() => undefined);
      return found?.isFile() && found.size > 0 ? leg : { ...leg, log: null };
    }),
  );
}
