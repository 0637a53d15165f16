import { traitsOf } from '../backends/index.ts';
import type { ImageConfig } from '../config/schema.ts';
import type { Choice } from '../domain/choice.ts';
import type { Situation } from '../dockerfile/situation.ts';
import { isFilledArgument } from './filled-arguments.ts';
import type { PublishedIndex } from './published-index.ts';

interface Build {
  readonly choice: Choice;
  readonly buildArgs: ImageConfig['build_args'];
}

/** What a Dockerfile is built with, once for each platform of its image. */
export function describeSituations(
  { choice, buildArgs }: Build,
  index: PublishedIndex,
): readonly Situation[] {
  return choice.platforms.map((platform) => ({
    platform,
    buildArgs: buildArgs ?? {},
    builder: traitsOf(choice.backend).dockerfile ?? 'buildkit',
    isFilled: (name) => isFilledArgument(name, index),
  }));
}
