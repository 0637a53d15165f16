import { posix } from 'node:path';
import type { Leg } from '../../domain/image.ts';
import { quoteTemplate, quoteWord } from '../../domain/shell-quote.ts';
import { HephyError } from '../../errors.ts';
import { executorFlags } from './executor-flags.ts';
import { FEATURES } from './features.ts';
import { dockerfileOf } from './source.ts';

/** The files of a GitLab job that runs in kaniko's image. All paths, those of secrets too, are relative to its checkout. */
export interface ScriptOptions {
  /** The directory of the sources: `.` for the job's own checkout, else an unpacked upstream. */
  readonly root: string;
  /** Read by the job that joins the images into an index. */
  readonly digestFile: string;
  /** If false, the image is built but not pushed. */
  readonly push?: boolean;
  /** Values of `${VAR}` in build arguments that are known before the job runs. */
  readonly known?: Readonly<Record<string, string>>;
}

/** Without a config file kaniko's registry library reads no login at all, not even DOCKER_AUTH_CONFIG. */
const ALLOW_LOGINS = [
  'mkdir -p /kaniko/.docker',
  "test -f /kaniko/.docker/config.json || echo '{}' > /kaniko/.docker/config.json",
];

/** The commands that a job runs once, before its first leg. */
export const JOB_SETUP: readonly string[] = [
  ...ALLOW_LOGINS,
  `export ${FEATURES.map((name) => `${name}=1`).join(' ')}`,
];

/**
 * The same build as shell commands for a job that runs in kaniko's image. That image has a busybox shell, but neither
 * Node nor git nor a container engine. kaniko finds the logins by itself (DOCKER_AUTH_CONFIG, GitLab's own, those of the
 * clouds), so no login is written or printed here. `${VAR}` in a build argument stays a variable of the shell if only
 * the job has its value, because the value may be secret.
 */
export function renderScript(leg: Leg, place: ScriptOptions): readonly string[] {
  return [
    'set -eu',
    ...JOB_SETUP,
    `mkdir -p ${quoteWord(plainPath(posix.dirname(place.digestFile)))}`,
    renderExecutor(leg, place),
  ];
}

/** The command that builds a leg, with one flag per line. */
export function renderExecutor(leg: Leg, place: ScriptOptions): string {
  const flags = executorFlags(leg, {
    context: posix.join(place.root, leg.recipe.source.context),
    dockerfile: posix.join(place.root, dockerfileOf(leg.recipe.source)),
    digestFile: place.digestFile,
    buildArgs: [],
    secretFile: ({ file = '' }) => file,
  });
  const pushing = place.push === false ? ['--no-push'] : [];
  const words = [...[...flags, ...pushing].map(quoteWord), ...buildArgs(leg, place.known)];
  if (words.some((word) => word.includes('\0'))) throw nulError(leg);
  return ['/kaniko/executor', ...words].join(' \\\n  ');
}

/** Keeps a path that begins with `-` from being read as a flag. */
function plainPath(path: string): string {
  return posix.isAbsolute(path) ? path : `./${path}`;
}

/** The build arguments of the config, with their variables, and those that hephy-builder adds. */
function buildArgs(leg: Leg, known: ScriptOptions['known']): readonly string[] {
  const templates = leg.recipe.buildArgs;
  return Object.entries(leg.buildArgs).map(([name, value]) => {
    const template = Object.hasOwn(templates, name) ? templates[name] : undefined;
    const text = `--build-arg=${name}=`;
    return template === undefined
      ? quoteWord(text + value)
      : quoteWord(text) + quoteTemplate(template, known);
  });
}

function nulError({ id }: Leg): HephyError {
  return new HephyError('CONFIG_VALUE', `a value of ${id} contains a NUL byte`, {
    hint: 'Look for \\0 in labels, annotations and build arguments.',
  });
}
