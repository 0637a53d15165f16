import { tmpdir } from 'node:os';
import { z } from 'zod';
import type { Settings } from '../../config/settings.ts';
import type { BackendId } from '../../domain/image.ts';
import { builderImage } from '../../system/buildkit-settings.ts';
import { childEnv, type Env } from '../../system/env.ts';
import { exec } from '../../system/exec.ts';
import { findProgram } from '../../system/find-program.ts';
import { toolVersion } from '../../system/inspect-tools.ts';
import { Unknown } from './unknown.ts';

export interface ToolPlace {
  readonly env: Env;
  readonly settings: Pick<Settings, 'buildkitImage' | 'registryMirrors'>;
  readonly signal: AbortSignal;
}

/** What builds, as far as it decides over the result. */
export type ToolIdentity = Readonly<Record<string, unknown>>;

/** Each tool is asked once, however many legs it builds. */
export function openToolIdentities(place: ToolPlace): (backend: BackendId) => Promise<ToolIdentity> {
  const known = new Map<BackendId, Promise<ToolIdentity>>();
  return (backend) => {
    const identity = known.get(backend) ?? identify(backend, place);
    known.set(backend, identity);
    return identity;
  };
}

async function identify(backend: BackendId, place: ToolPlace): Promise<ToolIdentity> {
  const { registryMirrors: mirrors } = place.settings;
  switch (backend) {
    case 'ko':
      return identifyKo(place);
    case 'spin':
      return { spin: await requireVersion('spin', place) };
    case 'kaniko':
      // Its image stands in the command.
      return { mirrors };
    case 'buildkit':
      return { builder: await identifyBuilder(place), mirrors };
  }
}

async function identifyKo(place: ToolPlace): Promise<ToolIdentity> {
  const [ko, go] = await Promise.all([requireVersion('ko', place), askGoSettings(place)]);
  return { ko, ...go };
}

async function requireVersion(name: string, { env }: ToolPlace): Promise<string> {
  const version = await toolVersion(name, env);
  if (version === null) throw new Unknown(`${name} does not tell its version`);
  return version;
}

const GO_SETTINGS = [
  ...['GOVERSION', 'GOTOOLCHAIN', 'GOFLAGS', 'GOEXPERIMENT', 'GODEBUG', 'GOFIPS140'],
  ...['GOAMD64', 'GOARM64', 'GO111MODULE'],
];
const GoSettings = z.record(z.string(), z.string());
const TIMEOUT_MS = 10_000;

/**
 * Of the Go that is here, outside of every module: which other one a module switches to follows from this and from its
 * go.mod. Go is asked and not the environment, because its settings may stand in a file as well.
 */
async function askGoSettings({ env, signal }: ToolPlace): Promise<ToolIdentity> {
  const go = await findProgram('go', env);
  if (go === undefined) throw new Unknown('go is not here');
  const done = await exec({
    ...{ file: go, args: ['env', '-json', ...GO_SETTINGS], cwd: tmpdir(), signal, timeoutMs: TIMEOUT_MS },
    env: { ...childEnv(env, ['GO*']), GOWORK: 'off' },
  });
  if (done.exitCode !== 0) throw new Unknown('go does not tell its version');
  const settings = GoSettings.safeParse(JSON.parse(done.stdout.toString('utf8'))).data ?? {};
  if (settings['GOVERSION'] === undefined) throw new Unknown('go does not tell its version');
  if (/-(modfile|overlay|toolexec)\b|-buildvcs(?!=false)/.test(settings['GOFLAGS'] ?? '')) {
    throw new Unknown('GOFLAGS names what is on this machine alone');
  }
  return settings;
}

/** A builder that was named may be of any version, so it is asked; any other is what would be started. */
async function identifyBuilder(place: ToolPlace): Promise<string> {
  const { env, settings, signal } = place;
  const address = env['BUILDKIT_HOST'] ?? '';
  if (address === '') {
    const daemonless = await findProgram('buildctl-daemonless.sh', env);
    if (daemonless === undefined) return builderImage(settings.buildkitImage);
    return `daemonless ${await requireVersion('buildctl', place)}`;
  }
  const buildctl = await findProgram('buildctl', env);
  if (buildctl === undefined) throw new Unknown('there is no buildctl to ask the builder for its version');
  const passed = childEnv(env, ['BUILDKIT_*', 'DOCKER_*', 'KUBECONFIG', 'KUBERNETES_SERVICE_*']);
  const tls = env['HEPHY_BUILDKIT_TLS_DIR'] ? ['--tlsdir', env['HEPHY_BUILDKIT_TLS_DIR']] : [];
  const command = { file: buildctl, args: [...tls, 'debug', 'info'], cwd: tmpdir(), timeoutMs: TIMEOUT_MS };
  const done = await exec({ ...command, env: passed, signal });
  const said = /^BuildKit:.*$/m.exec(done.stdout.toString('utf8'))?.[0];
  if (said === undefined) throw new Unknown('the builder does not tell its version');
  return said.replace(/\s+/g, ' ');
}
