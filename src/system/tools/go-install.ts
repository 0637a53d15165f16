import { join } from 'node:path';
import { HephyError } from '../../errors.ts';
import { childEnv } from '../env.ts';
import { exec } from '../process/exec.ts';
import { installOnce, type InstallContext } from './install-once.ts';
import { adviceFor, type PinnedTool } from './tool-pins.ts';

export interface GoTool extends PinnedTool {
  /** Path of the `go` command. */
  readonly go: string;
  /** The Go package to build. */
  readonly source: string;
}

/** Variables for access to modules. GOFLAGS, GOOS and others are for the user's program, not for tools. */
const PASSED = [
  ...['GOPATH', 'GOROOT', 'GOCACHE', 'GOMODCACHE', 'GOENV', 'GOTOOLCHAIN', 'GOAUTH', 'NETRC'],
  ...['GOPROXY', 'GONOPROXY', 'GOPRIVATE', 'GOINSECURE', 'GOSUMDB', 'GONOSUMDB'],
];

/** Builds a tool into the cache, and returns its path. Announces it first, because it takes minutes. */
export function installWithGo(tool: GoTool, context: InstallContext): Promise<string> {
  const { name, pin } = tool;
  return installOnce(tool, context, {
    announcement: `building ${name} ${pin.version} with Go, once, about ${pin.seconds ?? 60} s. To avoid this, install ${name} on PATH, or set HEPHY_TOOL_MIRROR to a mirror of its releases`,
    origin: 'built by Go',
    produce: (directory) => runGo(tool, directory, context),
  });
}

/** The `go` commands, in order, and their further variables. */
interface GoSteps {
  readonly commands: readonly (readonly string[])[];
  readonly env: Readonly<Record<string, string>>;
}

function stepsOf({ name, pin, source }: GoTool, directory: string): GoSteps {
  const versioned = `${source}@v${pin.version}`;
  if (pin.way !== 'module') return { commands: [['install', versioned]], env: { GOBIN: directory } };
  const flags = pin.stamp === undefined ? [] : ['-ldflags', `-X ${pin.stamp}=v${pin.version}`];
  const build = ['build', '-trimpath', ...flags, '-o', join(directory, name), source];
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
  return new HephyError('TOOL_MISSING', `Go could not build ${name}: ${said}`, {
    hint: adviceFor(name),
  });
}
