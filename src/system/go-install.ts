import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HephyError } from '../errors.ts';
import { childEnv, type Env } from './env.ts';
import { exec } from './exec.ts';
import { isProgram } from './find-program.ts';
import { withLock } from './lock.ts';
import { adviceFor, toolPath, type Pin } from './tool-pins.ts';

export interface InstallContext {
  readonly env: Env;
  readonly signal?: AbortSignal | undefined;
  /** One line when something takes longer than a moment: `installing ko 0.19.1 (once, about 90 s)`. */
  readonly onProgress?: ((line: string) => void) | undefined;
}

interface GoTool {
  readonly name: string;
  readonly pin: Pin;
  /** The `go` that builds it. */
  readonly go: string;
}

/** How Go reaches modules. GOFLAGS, GOOS and the like are for the user's program, not for a tool of this machine. */
const PASSED = [
  ...['GOPATH', 'GOROOT', 'GOCACHE', 'GOMODCACHE', 'GOENV', 'GOTOOLCHAIN', 'GOAUTH', 'NETRC'],
  ...['GOPROXY', 'GONOPROXY', 'GOPRIVATE', 'GOINSECURE', 'GOSUMDB', 'GONOSUMDB'],
];

/** Builds a tool into the cache, once among all runs of this machine, and gives its path. */
export async function installWithGo(tool: GoTool, context: InstallContext): Promise<string> {
  const path = toolPath(tool.name, tool.pin, context.env);
  const label = `${tool.name} ${tool.pin.version}`;
  async function install(): Promise<string> {
    if (await isProgram(path)) return path;
    context.onProgress?.(`installing ${label} (once, about ${tool.pin.seconds} s)`);
    await buildAside(tool, path, context);
    return path;
  }
  return await withLock(`${dirname(path)}.lock`, install, {
    signal: context.signal,
    onWait: () => context.onProgress?.(`waiting for another run that installs ${label}`),
  });
}

/** The directory of a version appears whole, by a rename: a run that looks while another installs finds all or nothing. */
async function buildAside(tool: GoTool, path: string, context: InstallContext): Promise<void> {
  const versions = dirname(dirname(path));
  await mkdir(versions, { recursive: true });
  const fresh = await mkdtemp(join(versions, '.new-'));
  try {
    await runGo(tool, fresh, context);
    await rm(dirname(path), { recursive: true, force: true });
    await rename(fresh, dirname(path));
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** One `go` command after the other, and its environment beside what reaches modules. */
interface GoSteps {
  readonly commands: readonly (readonly string[])[];
  readonly env: Readonly<Record<string, string>>;
}

function stepsOf({ name, pin }: GoTool, directory: string): GoSteps {
  const versioned = `${pin.go}@v${pin.version}`;
  if (pin.way !== 'module') return { commands: [['install', versioned]], env: { GOBIN: directory } };
  const flags = pin.stamp === undefined ? [] : ['-ldflags', `-X ${pin.stamp}=v${pin.version}`];
  const build = ['build', '-trimpath', ...flags, '-o', join(directory, name), pin.go];
  return { commands: [['mod', 'init', 'tools'], ['get', versioned], build], env: { GOWORK: 'off' } };
}

async function runGo(tool: GoTool, directory: string, context: InstallContext): Promise<void> {
  const { env, signal } = context;
  const steps = stepsOf(tool, directory);
  for (const args of steps.commands) {
    const done = await exec({
      file: tool.go,
      args,
      cwd: directory,
      env: { ...childEnv(env, PASSED), ...steps.env, CGO_ENABLED: '0', GOFLAGS: '' },
      ...(signal ? { signal } : {}),
    });
    if (signal?.aborted) throw new HephyError('CANCELLED', `interrupted while installing ${tool.name}`);
    if (done.exitCode !== 0) throw installError(tool, done.stderr);
  }
}

function installError({ name }: GoTool, stderr: Buffer): HephyError {
  const said = stderr.toString('utf8').trim().split('\n').slice(-5).join('\n');
  return new HephyError('TOOL_MISSING', `${name} could not be built by Go: ${said}`, {
    hint: adviceFor(name),
  });
}
