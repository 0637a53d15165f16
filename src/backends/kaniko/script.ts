import { posix } from 'node:path';
import type { Leg } from '../../domain/image.ts';
import { quoteTemplate, quoteWord } from '../../domain/shell-quote.ts';
import { HephyError } from '../../errors.ts';
import { executorFlags } from './executor-flags.ts';
import { FEATURES } from './features.ts';
import { dockerfileOf } from './source.ts';

/** Where a job of kaniko's own image finds and leaves things; paths are from its checkout, as those of secrets are. */
export interface ScriptOptions {
  /** The checkout, or an unpacked upstream: `.` for the job's own. */
  readonly root: string;
  /** Left for the job that joins the images. */
  readonly digestFile: string;
  /** False: the image is built, and goes nowhere. */
  readonly push?: boolean;
  /** Values of `${VAR}` in build arguments that do not depend on the job. */
  readonly known?: Readonly<Record<string, string>>;
}

/** Without a file kaniko's registry library looks at no login at all, and DOCKER_AUTH_CONFIG would go unread. */
const ALLOW_LOGINS = [
  'mkdir -p /kaniko/.docker',
  "test -f /kaniko/.docker/config.json || echo '{}' > /kaniko/.docker/config.json",
];

/** What a job does once, before its first leg. */
export const JOB_SETUP: readonly string[] = [
  ...ALLOW_LOGINS,
  `export ${FEATURES.map((name) => `${name}=1`).join(' ')}`,
];

/**
 * The same build as commands for a job that runs in kaniko's image, where there is a busybox shell, and neither Node nor
 * git nor an engine. Logins are the job's: kaniko finds DOCKER_AUTH_CONFIG, GitLab's own and those of the clouds by
 * itself, so none is written or printed here. `${VAR}` in build arguments is left to the job where only its environment has
 * the value, as that may be secret.
 */
export function renderScript(leg: Leg, place: ScriptOptions): readonly string[] {
  return [
    'set -eu',
    ...JOB_SETUP,
    `mkdir -p ${quoteWord(plainPath(posix.dirname(place.digestFile)))}`,
    renderExecutor(leg, place),
  ];
}

/** The one command of a leg, a flag a line. */
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

/** No path is taken for a flag. */
function plainPath(path: string): string {
  return posix.isAbsolute(path) ? path : `./${path}`;
}

/** What the config says with its variables in it, and what hephy-builder fills in beside it. */
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
