import { tmpdir } from 'node:os';
import type { IdentityPart } from '../backends/identity.ts';
import { traitsOf } from '../backends/index.ts';
import type { Settings } from '../config/settings.ts';
import type { BackendId } from '../domain/image.ts';
import { builderImage } from '../system/services/buildkit-settings.ts';
import { childEnv, type Env } from '../system/env.ts';
import { exec } from '../system/process/exec.ts';
import { findProgram } from '../system/process/find-program.ts';
import { toolVersion } from '../system/tools/inspect-tools.ts';
import { lookUpTool } from '../system/tools/tools.ts';
import { readGoSettings } from '../go/settings.ts';
import { Unknown } from '../domain/unknown.ts';

export interface ToolIdentityOptions {
  readonly env: Env;
  readonly settings: Pick<Settings, 'buildkitImage' | 'registryMirrors'>;
  readonly signal: AbortSignal;
}

/** The versions and settings of a tool that decide the result. */
export type ToolIdentity = Readonly<Record<string, unknown>>;

/** Reads the version of each tool once for all legs. */
export function openToolIdentities(
  place: ToolIdentityOptions,
): (backend: BackendId) => Promise<ToolIdentity> {
  const known = new Map<BackendId, Promise<ToolIdentity>>();
  return (backend) => {
    const identity = known.get(backend) ?? identify(backend, place);
    known.set(backend, identity);
    return identity;
  };
}

async function identify(backend: BackendId, place: ToolIdentityOptions): Promise<ToolIdentity> {
  const parts = await Promise.all(traitsOf(backend).identity.map((part) => identifyPart(part, place)));
  return Object.assign({}, ...parts);
}

async function identifyPart(part: IdentityPart, place: ToolIdentityOptions): Promise<ToolIdentity> {
  switch (part) {
    case 'go':
      return readGoSettings(place.env, place.signal);
    case 'builder':
      return { builder: await identifyBuilder(place) };
    case 'mirrors':
      return { mirrors: place.settings.registryMirrors };
    default:
      return { [part.version]: await requireVersion(part.version, place) };
  }
}

async function requireVersion(name: string, { env }: ToolIdentityOptions): Promise<string> {
  const version = await toolVersion(name, env);
  if (version === null) throw new Unknown(`cannot determine the version of ${name}`);
  return version;
}

const TIMEOUT_MS = 10_000;

/** A builder that BUILDKIT_HOST names has its own settings; only a builder that hephy starts gets the mirrors. */
export async function usesMirrors(backend: BackendId, env: Env): Promise<boolean> {
  const { mirrors } = traitsOf(backend);
  if (mirrors !== 'started') return mirrors === 'always';
  if ((env['BUILDKIT_HOST'] ?? '') !== '') return false;
  return (await findProgram('buildctl-daemonless.sh', env)) === undefined;
}

/** A builder that BUILDKIT_HOST names may have any version, so it is queried; else the image that hephy would start counts. */
async function identifyBuilder(place: ToolIdentityOptions): Promise<string> {
  const { env, settings, signal } = place;
  const address = env['BUILDKIT_HOST'] ?? '';
  if (address === '') {
    const daemonless = await findProgram('buildctl-daemonless.sh', env);
    if (daemonless === undefined) return builderImage(settings.buildkitImage);
    return `daemonless ${await requireVersion('buildctl', place)}`;
  }
  const buildctl = await lookUpTool('buildctl', env);
  if (buildctl === undefined)
    throw new Unknown('buildctl is missing, which reads the version of the builder');
  const passed = childEnv(env, ['BUILDKIT_*', 'DOCKER_*', 'KUBECONFIG', 'KUBERNETES_SERVICE_*']);
  const tls = env['HEPHY_BUILDKIT_TLS_DIR'] ? ['--tlsdir', env['HEPHY_BUILDKIT_TLS_DIR']] : [];
  const command = {
    file: buildctl.path,
    args: [...tls, 'debug', 'info'],
    cwd: tmpdir(),
    timeoutMs: TIMEOUT_MS,
  };
  const done = await exec({ ...command, env: passed, signal });
  const said = /^BuildKit:.*$/m.exec(done.stdout.toString('utf8'))?.[0];
  if (said === undefined) throw new Unknown('cannot determine the version of the builder');
  return said.replace(/\s+/g, ' ');
}
