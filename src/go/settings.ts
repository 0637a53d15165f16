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

/** Default values of the settings that affect a build; the rest of `go env` does not. */
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
const GoEnvOutput = z.record(z.string(), z.string());
const TIMEOUT_MS = 10_000;

/**
 * The settings of the installed Go, or of the Go that would be downloaded. Outside of any module: the version that a module
 * switches to follows from these settings and its go.mod. Runs `go env`, because a file may contain settings as well.
 */
export async function readGoSettings(env: Env, signal: AbortSignal): Promise<GoSettings> {
  const go = await lookUpTool('go', env);
  if (go === undefined) return predictSettings(env);
  // Go reports an architecture's setting only for the GOARCH that it builds for, so it runs once per architecture.
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
  const settings = GoEnvOutput.safeParse(JSON.parse(done.stdout.toString('utf8'))).data ?? {};
  if (settings['GOVERSION'] === undefined) throw new Unknown('go does not report its version');
  return settings;
}

/** The settings after Go is installed. Known without a download, unless something changes the defaults. */
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

/** https://pkg.go.dev/cmd/go#hdr-Environment_variables: GOENV, else the user's configuration directory. */
async function hasSettingsFile({ GOENV, XDG_CONFIG_HOME, HOME }: Env): Promise<boolean> {
  if (GOENV === 'off') return false;
  const directory = XDG_CONFIG_HOME || (HOME ? join(HOME, '.config') : undefined);
  const file = GOENV || (directory && join(directory, 'go/env'));
  return file !== undefined && (await stat(file).catch(() => undefined)) !== undefined;
}
