import { BACKENDS } from '../backends/index.ts';
import { HephyErrors } from '../errors.ts';
import type { Choice, ContextFacts } from '../domain/choice.ts';
import type { ConfiguredImage } from '../config/settings.ts';
import type { BackendId } from '../domain/image.ts';
import { chooseOptions } from './options.ts';
import { choosePlatforms } from './platforms.ts';
import { findImpossible, subjectOf, type ChoiceInput, type Picked } from './requirements.ts';

export type { ChoiceInput };

/** Which backend builds an image, and why. Throws all that stands against the choice at once. */
export function chooseBackend(input: ChoiceInput): Choice {
  const picked = pick(input);
  const problems = input.image.values.manual_build ? [] : findImpossible(input, picked);
  const options = chooseOptions({ image: input.image, subject: subjectOf(input) }, picked.backend, problems);
  const platforms = choosePlatforms(input.image, picked.backend, problems);
  if (problems.length > 0) throw new HephyErrors(problems);
  const { backend, reason } = picked;
  const suggestions = [...(picked.suggestions ?? []), ...suggestBuildkit(input, picked)];
  return { backend, reason, suggestions, options, platforms, warnings: warnOfKaniko(input, picked) };
}

/** What kaniko can do behind its flags, or where all that is lost is speed. */
const HARMLESS = /^(RUN --mount=type=(cache|secret)|\w+ with a here-document|# syntax.*)$/;

/** kaniko does not fail at what it does not know: a download goes unchecked, a network stays open, and nobody is told. */
function warnOfKaniko({ image, dockerfile }: ChoiceInput, picked: Picked): readonly string[] {
  if (picked.backend !== 'kaniko') return [];
  const ignored = dockerfile?.obstacles.filter(({ text }) => !HARMLESS.test(text)) ?? [];
  return ignored.map(
    ({ line, text }) => `${image.dockerfile}:${line}: kaniko passes over ${text} without a word`,
  );
}

/** kaniko was asked for by name, so it is kaniko; but its author may not know what it leaves out. */
function suggestBuildkit({ image, dockerfile }: ChoiceInput, picked: Picked): readonly string[] {
  const obstacle = dockerfile?.obstacles[0];
  if (picked.backend !== 'kaniko' || obstacle === undefined) return [];
  return [`${image.dockerfile}:${obstacle.line} ${obstacle.text}: build_backend: buildkit is made for this`];
}

/** The order of precedence: override, config, what the context holds. */
function pick(input: ChoiceInput): Picked {
  const { image, override } = input;
  if (image.values.manual_build) {
    return { backend: image.values.build_backend ?? 'kaniko', reason: 'manual_build' };
  }
  const overridden = overrideFor(image.name, override);
  if (overridden !== undefined) return { backend: overridden, reason: 'HEPHY_BACKEND', by: 'override' };
  if (image.values.build_backend !== undefined) {
    return { backend: image.values.build_backend, reason: 'build_backend', by: 'config' };
  }
  return detect(input);
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

function detect({ image, facts, dockerfile }: ChoiceInput): Picked {
  // An upstream is a Dockerfile build, as it was in v1: a go.mod of others says nothing about what they publish.
  const found = facts === null ? undefined : detectWithoutDockerfile(facts);
  if (found !== undefined && !image.namesDockerfile) return found;
  const suggestions =
    found === undefined
      ? []
      : [`${found.reason} found: build_backend: ${found.backend} would build this without a Dockerfile`];
  const obstacle = dockerfile?.obstacles[0];
  const reason = facts === null ? 'Dockerfile of the upstream repository' : 'Dockerfile';
  if (obstacle === undefined) return { backend: 'kaniko', reason, suggestions };
  return {
    backend: 'buildkit',
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
