import { readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { HephyError } from '../errors.ts';
import { dockerDirectory } from '../registry/docker-config.ts';
import { errorMessage } from '../system/error-code.ts';
import type { Env } from '../system/env.ts';
import { makeTemporary, removeTemporary } from '../system/files/temporary.ts';

const CONFIG = 'config.json';

/**
 * Creates a Docker config directory for this run, readable by this user only. Everything but config.json links to the
 * user's own directory, because contexts set the engine's address and plug-ins belong to the engine.
 */
export async function writePrivateConfig(content: string, env: Env): Promise<string> {
  try {
    const directory = await makeTemporary('logins', placeOf(env));
    await writeFile(join(directory, CONFIG), content, { mode: 0o600, flag: 'wx' });
    await linkRest(resolve(dockerDirectory(env)), directory);
    return directory;
  } catch (cause) {
    throw new HephyError(
      'WORK_DIRECTORY',
      `cannot write the Docker config that holds the logins: ${errorMessage(cause)}`,
      {
        hint: 'Check the temporary directory: RUNNER_TEMP on GitHub, TMPDIR elsewhere.',
        cause,
      },
    );
  }
}

/** Replaces the config atomically, because tools may be reading it. */
export async function replacePrivateConfig(directory: string, content: string): Promise<void> {
  const next = join(directory, `${CONFIG}.next`);
  await writeFile(next, content, { mode: 0o600 });
  await rename(next, join(directory, CONFIG));
}

/** A step's own directory is removed even if this process is killed; the runner empties RUNNER_TEMP later. */
function placeOf(env: Env): string {
  return env['HEPHY_STEP_DIRECTORY'] || env['RUNNER_TEMP'] || tmpdir();
}

async function linkRest(from: string, to: string): Promise<void> {
  const names = await readdir(from).catch(() => []);
  const others = names.filter((name) => name !== CONFIG);
  await Promise.all(others.map((name) => symlink(join(from, name), join(to, name))));
}

export async function removePrivateConfig(directory: string): Promise<void> {
  await removeTemporary(directory);
}
