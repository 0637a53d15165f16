import { tmpdir } from 'node:os';
import { childEnv, type Env } from '../env.ts';
import { exec } from '../process/exec.ts';
import { readOrigin } from './install-once.ts';
import { adviceFor, pinOf } from './tool-pins.ts';
import { lookUpTool } from './tools.ts';

/** What `hephy doctor` tells of one tool. */
export interface ToolReport {
  readonly name: string;
  readonly purpose: string;
  /** `differs` is usable: what stands on PATH is taken as it is, though tested with another version. */
  readonly state: 'ok' | 'differs' | 'broken' | 'missing';
  readonly path: string | null;
  readonly source: 'path' | 'cache' | null;
  /** How it came into the cache: `downloaded from github.com`, `built by Go`; null where nobody noted it. */
  readonly origin: string | null;
  readonly version: string | null;
  readonly pinned: string | null;
  /** What to do; null where all is well. */
  readonly advice: string | null;
}

interface Probe {
  readonly name: string;
  readonly purpose: string;
  readonly args: readonly string[];
}

const PROBES: readonly Probe[] = [
  { name: 'git', purpose: 'finds what changed', args: ['--version'] },
  { name: 'go', purpose: 'compiles programs for ko, and builds missing tools', args: ['version'] },
  { name: 'ko', purpose: 'builds images of Go programs', args: ['version'] },
  { name: 'buildctl', purpose: 'sends builds to BuildKit', args: ['--version'] },
  { name: 'spin', purpose: 'builds and pushes WebAssembly applications', args: ['--version'] },
  { name: 'registry', purpose: 'runs the local registry if no registry is set', args: ['--version'] },
  { name: 'crane', purpose: 'inspects registries by hand', args: ['version'] },
  {
    name: 'docker',
    purpose: 'runs kaniko and BuildKit',
    args: ['version', '--format', '{{.Server.Version}}'],
  },
];

const TIMEOUT_MS = 10_000;

/** Looks for every tool and asks each for its version, all at once. Nothing is installed. */
export function inspectTools(env: Env): Promise<ToolReport[]> {
  return Promise.all(PROBES.map((probe) => inspectTool(probe, env)));
}

async function inspectTool(probe: Probe, env: Env): Promise<ToolReport> {
  const { name, purpose } = probe;
  const pin = pinOf(name);
  const pinned = pin?.version ?? null;
  const found = await lookUpTool(name, env);
  if (!found) {
    const nothing = { path: null, source: null, origin: null, version: null };
    return { name, purpose, state: 'missing', ...nothing, pinned, advice: adviceFor(name) };
  }
  const version = await askVersion(found.path, probe, env);
  const source = found.source === 'cache' ? 'cache' : 'path';
  const origin = pin && source === 'cache' ? ((await readOrigin({ name, pin }, env)) ?? null) : null;
  return {
    name,
    purpose,
    path: found.path,
    source,
    origin,
    version,
    pinned,
    ...judge(name, version, pinned),
  };
}

function judge(
  name: string,
  version: string | null,
  pinned: string | null,
): Pick<ToolReport, 'state' | 'advice'> {
  if (version === null) return { state: 'broken', advice: brokenAdvice(name) };
  // Every module says itself which Go it needs.
  if (pinned === null || version === pinned || name === 'go') return { state: 'ok', advice: null };
  return {
    state: 'differs',
    advice: `hephy-builder is tested with ${name} ${pinned}; this one is used as it is.`,
  };
}

function brokenAdvice(name: string): string {
  if (name === 'docker') return 'The client is installed, but no engine answers: start the engine.';
  return `It does not report its version. ${adviceFor(name)}`;
}

/**
 * What a build would use: the version that is here, or the one that would be fetched; null: it does not tell. What lies in
 * the tool cache lies there under its version, and need not be started to tell it.
 */
export async function toolVersion(name: string, env: Env): Promise<string | null> {
  const probe = PROBES.find((one) => one.name === name);
  const found = await lookUpTool(name, env);
  if (!probe || found?.source !== 'path') return pinOf(name)?.version ?? null;
  return askVersion(found.path, probe, env);
}

async function askVersion(path: string, probe: Probe, env: Env): Promise<string | null> {
  const command = { file: path, args: probe.args, cwd: tmpdir(), timeoutMs: TIMEOUT_MS };
  try {
    const done = await exec({ ...command, env: childEnv(env, ['DOCKER_*', 'GOTOOLCHAIN']) });
    const said =
      done.exitCode === 0 ? `${done.stdout.toString('utf8')}\n${done.stderr.toString('utf8')}` : '';
    return /\d+\.\d+(?:\.\d+)?(?:-[0-9A-Za-z.]+)?/.exec(said)?.[0] ?? null;
  } catch {
    // Found, and cannot be started: the wrong architecture, a script without an interpreter.
    return null;
  }
}
