import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ociPlatform, type Platform } from '../domain/platform.ts';
import { childEnv } from '../system/env.ts';
import { packDirectory } from '../system/files/pack-directory.ts';
import { makeTemporary, removeTemporary } from '../system/files/temporary.ts';
import { exec, type Finished } from '../system/process/exec.ts';
import { makeExitProgram } from '../system/process/exit-program.ts';
import type { Equipment } from './toolbox.ts';

/** `unknown`: the builder failed before it could start the program. */
export type Verdict = 'runs' | 'fails' | 'unknown';

export interface Probe {
  readonly equipment: Equipment;
  readonly platform: Platform;
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 30_000;
/** The variables with which the clients find the builder and the engine. */
const PASSED = [
  ...['BUILDKIT_*', 'BUILDKITD_FLAGS', 'ROOTLESSKIT', 'DOCKER_*', 'KUBECONFIG', 'KUBERNETES_SERVICE_*'],
  'SSH_AUTH_SOCK',
];

/** By the tool of a backend; only tools that start programs of an image. */
const PROBES: Readonly<Record<string, (probe: Probe, directory: string) => Promise<Verdict>>> = {
  buildctl: probeBuilder,
  docker: probeEngine,
};

export function startsPrograms(tool: string): boolean {
  return Object.hasOwn(PROBES, tool);
}

/**
 * Lets the builder start a small program of the platform, which is the only reliable check: the builder may run on another
 * machine, and BuildKit's images contain emulators that no list of platforms names.
 */
export async function probeEmulation(tool: string, probe: Probe): Promise<Verdict> {
  const program = makeExitProgram(ociPlatform(probe.platform).architecture);
  const run = PROBES[tool];
  if (program === undefined || run === undefined) return 'unknown';
  const directory = await makeTemporary('emulation');
  try {
    await mkdir(join(directory, 'root'));
    await writeFile(join(directory, 'root/program'), program);
    await chmod(join(directory, 'root/program'), 0o755);
    return await run(probe, directory);
  } finally {
    await removeTemporary(directory);
  }
}

async function probeBuilder({ equipment, platform, signal }: Probe, directory: string): Promise<Verdict> {
  const context = join(directory, 'root');
  await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nCOPY program /\nRUN ["/program"]\n');
  const args = [
    ...[...equipment.flags, 'build', '--progress', 'plain', '--no-cache', '--frontend', 'dockerfile.v0'],
    ...['--local', `context=${context}`, '--local', `dockerfile=${context}`, '--opt', `platform=${platform}`],
  ];
  return judge(await call(equipment, args, signal));
}

/** Imports an image with only the program, so that nothing is pulled, and deletes it afterwards. */
async function probeEngine({ equipment, signal }: Probe, directory: string): Promise<Verdict> {
  const file = join(directory, 'image.tar');
  await packDirectory({ directory: join(directory, 'root'), file, time: 0 });
  const imported = await call(equipment, ['import', file], signal);
  const image = imported.stdout.toString('utf8').trim();
  if (imported.exitCode !== 0 || image === '') return 'unknown';
  try {
    return judge(await call(equipment, ['run', '--rm', '--network', 'none', image, '/program'], signal));
  } finally {
    await call(equipment, ['rmi', '--force', image]);
  }
}

function call(
  { path, env, begin }: Equipment,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<Finished> {
  const command = { file: path, args, cwd: tmpdir(), env: childEnv(env, PASSED), timeoutMs: TIMEOUT_MS };
  return begin(() => exec({ ...command, ...(signal && { signal }) }));
}

function judge({ exitCode, stdout, stderr }: Finished): Verdict {
  if (exitCode === 0) return 'runs';
  return /exec format error/i.test(`${stdout.toString('utf8')}\n${stderr.toString('utf8')}`)
    ? 'fails'
    : 'unknown';
}
