import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../../src/system/process/find-program.ts';
import { createTempDir } from './git-repo.ts';
import { TOOL_PATH } from './hephy.ts';

/** A PATH that begins with a program of this name, which runs these lines of shell. */
export async function fakeTool(name: string, script: string): Promise<string> {
  const bin = join(await createTempDir(), 'bin');
  await mkdir(bin);
  await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return `${bin}:${TOOL_PATH}`;
}

/** A PATH with these programs of the machine and no other. */
export async function onlyTools(names: readonly string[]): Promise<string> {
  const bin = await createTempDir();
  for (const name of names) {
    const path = await findProgram(name, { PATH: TOOL_PATH });
    if (path === undefined) throw new Error(`${name} is not on this machine`);
    await symlink(path, join(bin, name));
  }
  return bin;
}
