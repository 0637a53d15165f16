import { posix } from 'node:path';
import type { Leg } from '../../domain/image.ts';
import { quoteTemplate, quoteWord } from '../../domain/shell-quote.ts';
import { HephyError } from '../../errors.ts';
import { executorFlags } from './executor-flags.ts';
import { FEATURES } from './features.ts';
import { dockerfileOf } from './source.ts';

/** Where a job of kaniko's own image finds and leaves things; paths are from the directory that the job begins in. */
export interface ScriptPlace {
  /** The checkout, or an unpacked upstream: `.` for the job's own. */
  readonly root: string;
  /** Left for the job that joins the images. */
  readonly digestFile: string;
}

/** Without a file kaniko's registry library looks at no login at all, and DOCKER_AUTH_CONFIG would go unread. */
const ALLOW_LOGINS = [
  'mkdir -p /kaniko/.docker',
  "test -f /kaniko/.docker/config.json || echo '{}' > /kaniko/.docker/config.json",
];

/**
 * The same build as commands for a job that runs in kaniko's image, where there is a busybox shell, and neither Node nor
 * git nor an engine. Logins are the job's: kaniko finds DOCKER_AUTH_CONFIG, GitLab's own and those of the clouds by
 * itself, so none is written or printed here. `${VAR}` in build arguments is left to the job, as its values may be secret.
 */
export function renderScript(leg: Leg, place: ScriptPlace): readonly string[] {
  const flags = executorFlags(leg, {
    context: posix.join(place.root, leg.recipe.source.context),
    dockerfile: posix.join(place.root, dockerfileOf(leg.recipe.source)),
    digestFile: place.digestFile,
    buildArgs: [],
    secretFile: ({ file = '' }) => (posix.isAbsolute(file) ? file : posix.join(place.root, file)),
  });
  const words = [...flags.map(quoteWord), ...buildArgs(leg)];
  if (words.some((word) => word.includes('\0'))) throw nulError(leg);
  return [
    'set -eu',
    ...ALLOW_LOGINS,
    `export ${FEATURES.map((name) => `${name}=1`).join(' ')}`,
    `mkdir -p ${quoteWord(`./${posix.dirname(place.digestFile)}`)}`,
    ['/kaniko/executor', ...words].join(' \\\n  '),
  ];
}

/** What the config says with its variables in it, and what hephy-builder fills in beside it. */
function buildArgs(leg: Leg): readonly string[] {
  const templates = leg.recipe.buildArgs;
  return Object.entries(leg.buildArgs).map(([name, value]) => {
    const template = Object.hasOwn(templates, name) ? templates[name] : undefined;
    const text = `--build-arg=${name}=`;
    return template === undefined ? quoteWord(text + value) : quoteWord(text) + quoteTemplate(template);
  });
}

function nulError({ id }: Leg): HephyError {
  return new HephyError('CONFIG_VALUE', `a value of ${id} contains a NUL byte`, {
    hint: 'Look for \\0 in labels, annotations and build arguments.',
  });
}
