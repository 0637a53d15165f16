import { tmpdir } from 'node:os';
import { childEnv, type Env } from '../env.ts';
import { exec } from '../process/exec.ts';
import { readOrigin } from './install-once.ts';
import { adviceFor, pinOf } from './tool-pins.ts';
import { lookUpTool } from './tools.ts';

/** The report of `hephy doctor` on one tool. */
export interface ToolReport {
  readonly name: string;
  readonly purpose: string;
  /** `differs`: the tool on PATH has another version than the tested one, and is used. */
  readonly state: 'ok' | 'differs' | 'broken' | 'missing';
  readonly path: string | null;
  readonly source: 'path' | 'cache' | null;
  /** How it came into the cache: `downloaded from github.com`, `built by Go`; null if unknown. */
  readonly origin: string | null;
  readonly version: string | null;
  readonly pinned: string | null;
  /** What to do; null if the state is `ok`. */
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

/** Searches every tool and runs it for its version, all in parallel. Installs nothing. */
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
  // Every module states which Go version it requires.
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
 * The version that a build would use: the installed one, or the one that would be fetched; null if the tool does not report
 * it. A tool in the cache is stored under its version, so it is not run.
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
    // The program exists but cannot be started: wrong architecture, or a script without its interpreter.
    return null;
  }
}
