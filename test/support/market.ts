import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../../src/system/process/find-program.ts';
import { createGitRepo, createTempDir, type GitRepo } from './git-repo.ts';
import { TOOL_PATH } from './hephy.ts';
import { BUILDCTL, pinned } from './tool-cache.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/market', import.meta.url));
const SPIN = fileURLToPath(new URL('./fake-spin/spin.mjs', import.meta.url));

/** The example as its reader has it: in a repository of its own. */
export async function createMarket(): Promise<GitRepo> {
  const repo = await createGitRepo();
  await cp(EXAMPLE, repo.dir, { recursive: true });
  await repo.commit('The market');
  return repo;
}

/** No JavaScript compiler is fetched: `run build` stamps the source as the package says, and makes a module of it. */
const NPM = `#!/bin/sh
[ "$*" = 'run build' ] || exit 0
node -p 'require("./package.json").scripts.stamp' | sh -e
{ printf '\\0asm'; cat dist/index.js; } > dist/edge.wasm
`;

export interface Recorder {
  /** A PATH on which every tool that can build leaves a note before it starts. */
  readonly path: string;
  /** What was started since the last question: `ko build`, `docker run`. */
  take(): Promise<readonly string[]>;
}

export async function recordTools(): Promise<Recorder> {
  const dir = await createTempDir();
  const log = join(dir, 'log');
  await mkdir(join(dir, 'bin'));
  await writeFile(join(dir, 'npm'), NPM, { mode: 0o755 });
  const docker = await findProgram('docker', { PATH: TOOL_PATH });
  const tools = { ko: pinned('ko'), buildctl: BUILDCTL, spin: SPIN, npm: join(dir, 'npm'), docker };
  for (const [name, real] of Object.entries(tools)) {
    if (real === undefined) throw new Error(`${name} is not on this machine`);
    const lines = ['#!/bin/sh', `echo "${name} $1" >> '${log}'`, `exec '${real}' "$@"`, ''];
    await writeFile(join(dir, 'bin', name), lines.join('\n'), { mode: 0o755 });
  }
  return {
    path: `${join(dir, 'bin')}:${TOOL_PATH}`,
    async take() {
      const said = await readFile(log, 'utf8').catch(() => '');
      await writeFile(log, '');
      return said.split('\n').filter((line) => line !== '');
    },
  };
}
