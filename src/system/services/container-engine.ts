import { tmpdir } from 'node:os';
import { childEnv, type Env } from '../env.ts';
import { exec, type Finished } from '../process/exec.ts';
import { findProgram } from '../process/find-program.ts';

export interface EngineCall {
  readonly docker: string;
  readonly env: Env;
  readonly signal?: AbortSignal | undefined;
}

const PATIENCE_MS = 15_000;

/** The client of a running engine, or why there is none. */
export async function askEngine(
  search: Omit<EngineCall, 'docker'>,
): Promise<{ readonly docker: string } | { readonly problem: string }> {
  const docker = await findProgram('docker', search.env);
  if (docker === undefined) return { problem: 'docker is not on PATH' };
  const call = { ...search, docker };
  const done = await callEngine(call, ['version', '--format', '{{.Server.Version}}'], PATIENCE_MS);
  if (done.exitCode === 0) return { docker };
  const said = done.timedOut ? '`docker version` timed out' : lastLine(done.stderr);
  return { problem: `no container engine answers: ${said}` };
}

export function callEngine(call: EngineCall, args: readonly string[], timeoutMs?: number): Promise<Finished> {
  return exec({
    file: call.docker,
    args,
    cwd: tmpdir(),
    env: childEnv(call.env, ['DOCKER_*']),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(call.signal ? { signal: call.signal } : {}),
  });
}

export function lastLine(bytes: Buffer): string {
  return bytes.toString('utf8').trim().split('\n').at(-1) ?? '';
}
