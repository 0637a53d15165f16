import type { Backend } from '../backends/backend.ts';
import { BACKENDS, traitsOf } from '../backends/index.ts';
import { HephyError, HephyErrors } from '../errors.ts';
import type { Choice, ContextFacts } from '../domain/choice.ts';
import type { ConfiguredImage } from '../config/settings.ts';
import { type BackendId, hasGaps } from '../domain/image.ts';
import { findObstacles, type Obstacle } from '../dockerfile/obstacles.ts';
import { chooseOptions } from './options.ts';
import { choosePlatforms } from './platforms.ts';
import { findImpossible, subjectOf, type ChoiceInput, type Picked } from './requirements.ts';

export type { ChoiceInput };

/** Which backend builds an image, and why. Throws all that stands against the choice at once. */
export function chooseBackend(input: ChoiceInput): Choice {
  const obstacles = listObstacles(input);
  const picked = pick(input, obstacles);
  const problems = input.image.values.manual_build ? [] : findImpossible(input, picked);
  const options = chooseOptions({ image: input.image, subject: subjectOf(input) }, picked.backend, problems);
  const platforms = choosePlatforms(input.image, picked.backend, problems);
  if (problems.length > 0) throw new HephyErrors(problems);
  const { backend, reason } = picked;
  const suggestions = [...(picked.suggestions ?? []), ...suggestComplete(input, picked, obstacles)];
  return {
    backend,
    reason,
    suggestions,
    options,
    platforms,
    warnings: warnOfGaps(input, picked, obstacles),
  };
}

const DOCKERFILE_BACKENDS = Object.values(BACKENDS).filter(({ traits }) => traits.dockerfile !== null);
/** The first of the map that builds a Dockerfile, and the first that builds every Dockerfile. */
const DEFAULT = requireBackend(DOCKERFILE_BACKENDS[0]);
const COMPLETE = requireBackend(DOCKERFILE_BACKENDS.find(({ traits }) => !hasGaps(traits.dockerfile)));

function requireBackend(found: Backend | undefined): Backend {
  if (found !== undefined) return found;
  throw new HephyError('INTERNAL', 'no backend builds a Dockerfile');
}

function listObstacles({ image, dockerfile }: ChoiceInput): readonly Obstacle[] {
  if (dockerfile === undefined) return [];
  const platforms = image.platforms ?? DEFAULT.traits.defaultPlatforms;
  return findObstacles(dockerfile, { buildArgs: image.values.build_args ?? {}, platforms });
}

/** kaniko ignores instructions that it does not know: a download is not checked, a network stays open, and no message says so. */
function warnOfGaps(
  { image }: ChoiceInput,
  picked: Picked,
  obstacles: readonly Obstacle[],
): readonly string[] {
  if (!hasGaps(traitsOf(picked.backend).dockerfile)) return [];
  return obstacles.flatMap(({ line, loss }) =>
    loss === undefined ? [] : [`${image.dockerfile}:${line}: ${loss}`],
  );
}

/** The config names a backend with gaps, which its author may not know. */
function suggestComplete(
  { image }: ChoiceInput,
  picked: Picked,
  [obstacle]: readonly Obstacle[],
): readonly string[] {
  if (!hasGaps(traitsOf(picked.backend).dockerfile) || obstacle === undefined) return [];
  const { dockerfile } = image;
  return [
    `${dockerfile}:${obstacle.line} ${obstacle.text}: build_backend: ${COMPLETE.id} supports this fully`,
  ];
}

/** The order of precedence: override, config, what the context holds. */
function pick(input: ChoiceInput, obstacles: readonly Obstacle[]): Picked {
  const { image, override } = input;
  if (image.values.manual_build) {
    return { backend: image.values.build_backend ?? DEFAULT.id, reason: 'manual_build' };
  }
  const overridden = overrideFor(image.name, override);
  if (overridden !== undefined) return { backend: overridden, reason: 'HEPHY_BACKEND', by: 'override' };
  if (image.values.build_backend !== undefined) {
    return { backend: image.values.build_backend, reason: 'build_backend', by: 'config' };
  }
  return detect(input, obstacles);
}

/** Somebody said which backend it is to be, so that nothing in the source can change it. */
export function isNamed(image: ConfiguredImage, override: ChoiceInput['override']): boolean {
  const { manual_build: manual, build_backend: backend } = image.values;
  return manual === true || backend !== undefined || overrideFor(image.name, override) !== undefined;
}

function overrideFor(name: string, override: ChoiceInput['override']): BackendId | undefined {
  if (override === undefined) return undefined;
  if ('all' in override) return override.all;
  return Object.hasOwn(override.byImage, name) ? override.byImage[name] : undefined;
}

function detect({ image, facts }: ChoiceInput, [obstacle]: readonly Obstacle[]): Picked {
  // An upstream is a Dockerfile build, as it was in v1: a go.mod of others says nothing about what they publish.
  const found = facts === null ? undefined : detectWithoutDockerfile(facts);
  if (found !== undefined && !image.namesDockerfile) return found;
  const suggestions =
    found === undefined
      ? []
      : [`${found.reason} found: build_backend: ${found.backend} would build this without a Dockerfile`];
  const reason = facts === null ? 'Dockerfile of the upstream repository' : 'Dockerfile';
  if (obstacle === undefined) return { backend: DEFAULT.id, reason, suggestions };
  return {
    backend: COMPLETE.id,
    reason: `${image.dockerfile}:${obstacle.line} ${obstacle.text}`,
    suggestions,
  };
}

function detectWithoutDockerfile(facts: ContextFacts): Picked | undefined {
  for (const { id, fit } of Object.values(BACKENDS)) {
    const reason = fit.detect?.(facts);
    if (reason !== undefined) return { backend: id, reason };
  }
  return undefined;
}
