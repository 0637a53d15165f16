import { posix } from 'node:path';
import type { Leg, SecretRef } from '../../domain/image.ts';
import { joinCsv } from '../shared/csv.ts';
import { executorFlags, type Places } from './executor-flags.ts';
import { FEATURES } from './features.ts';
import { KANIKO_IMAGE } from './image.ts';
import { containerSite, usesLoopback } from './network.ts';
import { dockerfileOf } from './source.ts';

/** The user's variables that the Docker client reads: the address of the engine and the logins of registries. */
export const ENGINE_ENV = ['DOCKER_*', 'SSH_AUTH_SOCK'] as const;

/** The container gets these variables if they are set. `--env NAME` passes a value without showing it. */
const PROXY_ENV = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'] as const;

/** kaniko excludes its own directory from every image, so files that are mounted there cannot get into an image. */
const INSIDE = {
  context: '/kaniko/workspace',
  dockerfile: '/kaniko/mounts/Dockerfile',
  digest: '/kaniko/mounts/digest',
  secrets: '/kaniko/mounts/secrets',
  logins: '/kaniko/.docker/config.json',
  certificates: '/kaniko/ssl/certs',
} as const;

/**
 * `docker run` of kaniko. The container has the machine's own platform even if the image is for another one: kaniko then
 * runs at full speed, and only the programs that RUN starts are emulated.
 */
export function containerArgs(leg: Leg, digestFile: string): readonly string[] {
  const names = [...PROXY_ENV, ...leg.recipe.secrets.flatMap(({ env }) => env ?? [])];
  return [
    'run',
    '--rm',
    ...(usesLoopback(leg) ? ['--network=host'] : []),
    ...mounts(leg),
    mount(digestFile, INSIDE.digest, 'writable'),
    ...FEATURES.map((name) => `--env=${name}=1`),
    ...names.map((name) => `--env=${name}`),
    containerSite(leg).image ?? KANIKO_IMAGE,
    ...executorFlags(leg, placesInside(leg)),
  ];
}

function placesInside(leg: Leg): Places {
  return {
    context: INSIDE.context,
    dockerfile: INSIDE.dockerfile,
    digestFile: INSIDE.digest,
    buildArgs: Object.entries(leg.buildArgs).map(([name, value]) => `--build-arg=${name}=${value}`),
    secretFile: secretInside,
  };
}

function secretInside({ id }: SecretRef): string {
  return posix.join(INSIDE.secrets, id);
}

function mounts(leg: Leg): readonly string[] {
  const { loginFile, caFiles } = containerSite(leg);
  const { source, secrets } = leg.recipe;
  return [
    mount(posix.join(leg.root, source.context), INSIDE.context),
    ...mountDockerfile(leg),
    ...secrets.flatMap((secret) =>
      secret.file === undefined ? [] : [mount(posix.resolve(leg.root, secret.file), secretInside(secret))],
    ),
    ...(loginFile === null ? [] : [mount(loginFile, INSIDE.logins)]),
    ...caFiles.map((path, index) => mount(path, posix.join(INSIDE.certificates, `machine-${index}.pem`))),
  ];
}

/** Not read from the context: a symbolic link may lead out of that, and the engine follows the link of a mount. */
function mountDockerfile(leg: Leg): readonly string[] {
  const dockerfile = dockerfileOf(leg.recipe.source);
  const ignore = `${dockerfile}.dockerignore`;
  const present = Object.hasOwn(leg.inputFiles, ignore);
  return [
    mount(posix.join(leg.root, dockerfile), INSIDE.dockerfile),
    ...(present ? [mount(posix.join(leg.root, ignore), `${INSIDE.dockerfile}.dockerignore`)] : []),
  ];
}

/** The value of `--mount` is one CSV record. */
function mount(source: string, target: string, access: 'readonly' | 'writable' = 'readonly'): string {
  const fields = ['type=bind', `source=${source}`, `target=${target}`];
  if (access === 'readonly') fields.push('readonly');
  return `--mount=${joinCsv(fields)}`;
}
