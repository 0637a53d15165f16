import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { arch, platform } from 'node:process';
import { errorCode } from '../error-code.ts';
import { makeTemporary, removeTemporary } from '../files/temporary.ts';
import { exec } from '../process/exec.ts';
import { makeExitProgram } from '../process/exit-program.ts';
import type { ToolReport } from './inspect-tools.ts';

/** `machine` is Node's name of the architecture that runs the platform natively. */
const PLATFORMS = [
  { machine: 'x64', name: 'linux/amd64', architecture: 'amd64' },
  { machine: 'arm64', name: 'linux/arm64', architecture: 'arm64' },
  { machine: 'arm', name: 'linux/arm/v7', architecture: 'arm' },
] as const;

const TIMEOUT_MS = 10_000;
const ADVICE =
  'RUN for another platform needs emulation, except with BuildKit in its own image. Install it: docker run --privileged --rm tonistiigi/binfmt --install all.';

/**
 * For `hephy doctor`: the platforms, besides its own, whose programs this machine runs. Empty if this is unknown: outside
 * of Linux the engine has another kernel, and some machines do not run programs from a temporary directory.
 */
export async function inspectEmulation(): Promise<readonly ToolReport[]> {
  if (platform !== 'linux') return [];
  const others = PLATFORMS.filter(({ machine }) => machine !== arch);
  const runs = await Promise.all(others.map(({ architecture }) => runsProgramOf(architecture)));
  if (runs.includes(undefined)) return [];
  const found = others.filter((_, at) => runs[at]).map(({ name }) => name);
  const missing = found.length === 0;
  return [
    {
      ...{ name: 'emulation', purpose: 'runs programs of other platforms for RUN' },
      ...{ path: null, source: null, origin: null, pinned: null },
      state: missing ? 'missing' : 'ok',
      version: missing ? null : found.join(' '),
      advice: missing ? ADVICE : null,
    },
  ];
}

/** Undefined if the machine does not allow the test program to run. */
async function runsProgramOf(architecture: string): Promise<boolean | undefined> {
  const directory = await makeTemporary('emulation');
  const file = join(directory, 'program');
  try {
    await writeFile(file, makeExitProgram(architecture) ?? '', { mode: 0o755 });
    return (await exec({ file, args: [], cwd: directory, env: {}, timeoutMs: TIMEOUT_MS })).exitCode === 0;
  } catch (error) {
    return errorCode(cause(error)) === 'EACCES' ? undefined : false;
  } finally {
    await removeTemporary(directory);
  }
}

function cause(error: unknown): unknown {
  return error instanceof Error ? (error.cause ?? error) : error;
}
