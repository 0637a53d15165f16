import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { childEnv, type Env } from '../system/env.ts';
import { exec } from '../system/process/exec.ts';
import { isDownloadable } from '../system/tools/tool-download.ts';
import { pinOf } from '../system/tools/tool-pins.ts';
import { lookUpTool } from '../system/tools/tools.ts';
import { Unknown } from '../domain/unknown.ts';

export type GoSettings = Readonly<Record<string, string>>;

/** What they are where nobody sets them; the other half of `go env` says nothing of a result. */
const DEFAULTS: GoSettings = {
  GO111MODULE: '',
  GOAMD64: 'v1',
  GOARM64: 'v8.0',
  GODEBUG: '',
  GOEXPERIMENT: '',
  GOFIPS140: 'off',
  GOFLAGS: '',
  GOTOOLCHAIN: 'auto',
};
const ASKED = ['GOVERSION', ...Object.keys(DEFAULTS)];
const Answer = z.record(z.string(), z.string());
const TIMEOUT_MS = 10_000;

/**
 * Of the Go that is here, or of the one that would be downloaded, outside of every module: which other one a module
 * switches to follows from this and from its go.mod. Go is asked and not the environment, as its settings may stand in a
 * file as well.
 */
export async function readGoSettings(env: Env, signal: AbortSignal): Promise<GoSettings> {
  const go = await lookUpTool('go', env);
  if (go === undefined) return predictSettings(env);
  // It tells of an architecture's setting only where that is the one it builds for: those of all are the same anywhere.
  const [amd64, arm64] = await Promise.all(
    ['amd64', 'arm64'].map((arch) => askGo(go.path, { ...env, GOARCH: arch }, signal)),
  );
  const settings: GoSettings = { ...amd64, GOARM64: arm64?.['GOARM64'] ?? '' };
  if (/-(modfile|overlay|toolexec)\b|-buildvcs(?!=false)/.test(settings['GOFLAGS'] ?? '')) {
    throw new Unknown('GOFLAGS refers to files that only this machine has');
  }
  return settings;
}

async function askGo(file: string, env: Env, signal: AbortSignal): Promise<GoSettings> {
  const done = await exec({
    ...{ file, args: ['env', '-json', ...ASKED], cwd: tmpdir(), signal, timeoutMs: TIMEOUT_MS },
    env: { ...childEnv(env, ['GO*']), GOWORK: 'off', GOOS: 'linux' },
  });
  if (done.exitCode !== 0) throw new Unknown('go does not report its version');
  const settings = Answer.safeParse(JSON.parse(done.stdout.toString('utf8'))).data ?? {};
  if (settings['GOVERSION'] === undefined) throw new Unknown('go does not report its version');
  return settings;
}

/** What is found here once Go is: nothing has to be downloaded to know it, as long as nobody changes its settings. */
async function predictSettings(env: Env): Promise<GoSettings> {
  const pin = pinOf('go');
  if (pin === undefined || !isDownloadable(pin, env)) throw new Unknown('Go is not installed');
  const own = { GOTOOLCHAIN: env['GOTOOLCHAIN'] || DEFAULTS['GOTOOLCHAIN'] || '' };
  const set = ASKED.find((name) => name !== 'GOTOOLCHAIN' && (env[name] ?? '') !== '');
  const changed = ['auto', 'local'].includes(own.GOTOOLCHAIN) ? set : 'GOTOOLCHAIN';
  if (changed !== undefined) throw new Unknown(`${changed} is set, and Go is not installed yet`);
  if (await hasSettingsFile(env))
    throw new Unknown('a file has settings for Go, and Go is not installed yet');
  return { ...DEFAULTS, ...own, GOVERSION: `go${pin.version}` };
}

/** https://pkg.go.dev/cmd/go#hdr-Environment_variables: GOENV, else in the user's directory of settings. */
async function hasSettingsFile({ GOENV, XDG_CONFIG_HOME, HOME }: Env): Promise<boolean> {
  if (GOENV === 'off') return false;
  const directory = XDG_CONFIG_HOME || (HOME ? join(HOME, '.config') : undefined);
  const file = GOENV || (directory && join(directory, 'go/env'));
  return file !== undefined && (await stat(file).catch(() => undefined)) !== undefined;
}
