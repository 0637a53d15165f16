import { posix } from 'node:path';
import type { Leg, SecretRef } from '../../domain/image.ts';
import { joinCsv } from '../shared/csv.ts';
import { executorFlags, type Places } from './executor-flags.ts';
import { FEATURES } from './features.ts';
import { KANIKO_IMAGE } from './image.ts';
import { containerSite, usesLoopback } from './network.ts';
import { dockerfileInContext, dockerfileOf } from './source.ts';

/** What the engine's client reads of the user's environment: where the engine is, and who may pull from where. */
export const ENGINE_ENV = ['DOCKER_*', 'SSH_AUTH_SOCK'] as const;

/** The container gets these where they are set; a name without a value tells nobody what is in it. */
const PROXY_ENV = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'] as const;

/** kaniko leaves its own directory out of every image, so whatever is mounted there cannot end up in one. */
const INSIDE = {
  context: '/kaniko/workspace',
  dockerfile: '/kaniko/mounts/Dockerfile',
  digest: '/kaniko/mounts/digest',
  secrets: '/kaniko/mounts/secrets',
  logins: '/kaniko/.docker/config.json',
  certificates: '/kaniko/ssl/certs',
} as const;

/**
 * `docker run` of kaniko. The container is the machine's own platform even for a foreign image: kaniko then works at
 * full speed, and only the programs that RUN starts are emulated.
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
  const dockerfile = dockerfileInContext(leg.recipe.source);
  return {
    context: INSIDE.context,
    dockerfile: dockerfile === undefined ? INSIDE.dockerfile : posix.join(INSIDE.context, dockerfile),
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
    ...(dockerfileInContext(source) === undefined ? mountDockerfile(leg) : []),
    ...secrets.flatMap((secret) =>
      secret.file === undefined ? [] : [mount(posix.resolve(leg.root, secret.file), secretInside(secret))],
    ),
    ...(loginFile === null ? [] : [mount(loginFile, INSIDE.logins)]),
    ...caFiles.map((path, index) => mount(path, posix.join(INSIDE.certificates, `machine-${index}.pem`))),
  ];
}

function mountDockerfile(leg: Leg): readonly string[] {
  const dockerfile = dockerfileOf(leg.recipe.source);
  const ignore = `${dockerfile}.dockerignore`;
  const present = Object.hasOwn(leg.inputFiles, ignore);
  return [
    mount(posix.join(leg.root, dockerfile), INSIDE.dockerfile),
    ...(present ? [mount(posix.join(leg.root, ignore), `${INSIDE.dockerfile}.dockerignore`)] : []),
  ];
}

/** The engine reads a mount as one record of CSV. */
function mount(source: string, target: string, access: 'readonly' | 'writable' = 'readonly'): string {
  const fields = ['type=bind', `source=${source}`, `target=${target}`];
  if (access === 'readonly') fields.push('readonly');
  return `--mount=${joinCsv(fields)}`;
}
