import { tmpdir } from 'node:os';
import { z } from 'zod';
import { HephyError } from '../errors.ts';
import { childEnv, type Env } from '../system/env.ts';
import { exec, type Finished } from '../system/process/exec.ts';
import type { Credential } from './docker-config.ts';
import { parseAs } from './schema.ts';

/** https://github.com/docker/docker-credential-helpers#development */
const HelperOutput = z.object({ Username: z.string(), Secret: z.string() });

/** Variables that the helpers of clouds and desktops read. They get nothing else of the user's environment. */
const HELPER_ENV = [
  'AWS_*',
  'AZURE_*',
  'ACR_*',
  'CLOUDSDK_*',
  'GOOGLE_*',
  'GCE_*',
  'DOCKER_*',
  'GNUPGHOME',
  'PASSWORD_STORE_*',
  'DBUS_SESSION_BUS_ADDRESS',
  'DISPLAY',
  'WAYLAND_DISPLAY',
];

const NOT_FOUND = 'credentials not found';
/** Credential helpers know Docker Hub by this address. */
const HUB_ADDRESS = 'https://index.docker.io/v1/';

export interface HelperOptions {
  readonly env: Env;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `docker-credential-NAME get`. Undefined if the helper has no login for this registry. Errors never quote its
 * output, because even malformed output may contain a secret.
 */
export async function askHelper(
  name: string,
  host: string,
  options: HelperOptions,
): Promise<Credential | undefined> {
  const program = `docker-credential-${name}`;
  if (!/^[\w.-]+$/.test(name)) throw failed(program, 'is not the name of a program');
  const done = await run(program, host, options);
  if (options.signal?.aborted) throw new HephyError('CANCELLED', `interrupted while running ${program}`);
  if (done.timedOut)
    throw failed(program, `returned no login for ${host} within ${options.timeoutMs / 1000} s`);
  const said = done.stdout.toString('utf8');
  if (done.exitCode !== 0) {
    if (said.toLowerCase().includes(NOT_FOUND)) return undefined;
    throw failed(program, `failed for ${host}: it ${describeEnd(done)}`);
  }
  const credential = readOutput(said);
  if (!credential) throw failed(program, `printed something other than a login for ${host}`);
  return credential;
}

async function run(program: string, host: string, options: HelperOptions): Promise<Finished> {
  try {
    return await exec({
      file: program,
      args: ['get'],
      cwd: tmpdir(),
      env: childEnv(options.env, HELPER_ENV),
      input: host === 'docker.io' ? HUB_ADDRESS : host,
      timeoutMs: options.timeoutMs,
      keepBytes: 64 * 1024,
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (cause) {
    throw failed(program, 'is in the Docker config, but cannot be started', cause);
  }
}

function describeEnd({ exitCode }: Finished): string {
  return exitCode === null ? 'was ended by a signal' : `exited with status ${exitCode}`;
}

function readOutput(text: string): Credential | undefined {
  const answer = parseAs(HelperOutput, text);
  if (!answer) return undefined;
  const { Username, Secret } = answer;
  return Username === '<token>'
    ? { username: '', password: '', identityToken: Secret }
    : { username: Username, password: Secret };
}

function failed(program: string, what: string, cause?: unknown): HephyError {
  return new HephyError('REGISTRY_CREDENTIALS', `${program} ${what}`, {
    cause,
    hint: `Try it: echo HOST | ${program} get. Or remove it from credsStore and credHelpers in the Docker config.`,
  });
}
