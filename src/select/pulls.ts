import { traitsOf } from '../backends/index.ts';
import type { Choice } from '../domain/choice.ts';
import type { ImageConfig } from '../config/schema.ts';
import { listPulledImages } from '../dockerfile/images.ts';
import { withoutOurs } from './filled-arguments.ts';
import type { Dockerfile } from '../dockerfile/dockerfile.ts';
import type { PublishedIndex } from './published-index.ts';
import { matchReference } from './references.ts';

export interface PullQuestion {
  readonly choice: Choice;
  readonly buildArgs: ImageConfig['build_args'];
  readonly dockerfile: Dockerfile | undefined;
}

/**
 * What a Dockerfile build fetches that is no dependency by tag: base images, BuildKit's frontend, downloads. Who wants
 * to know whether a build would come out the same asks for each of them. Null where the Dockerfile is not known.
 */
export function listPulls(
  { choice, buildArgs, dockerfile }: PullQuestion,
  index: PublishedIndex,
): string[] | null {
  if (!traitsOf(choice.backend).dockerfile) return [];
  if (dockerfile === undefined) return null;
  const images = listPulledImages(withoutOurs(dockerfile, index), buildArgs ?? {})
    .map(({ text }) => text)
    .filter((text) => !isDependency(text, index));
  const frontend = traitsOf(choice.backend).frontends ? dockerfile.frontend : null;
  return [...new Set([...(frontend === null ? [] : [frontend]), ...images, ...dockerfile.downloads])];
}

/** By its tag variable, so that it is the one of this run; a literal tag is what it was before the run. */
function isDependency(text: string, index: PublishedIndex): boolean {
  return /:\$(\{\w+[^}]*\}|\w+)$/.test(text) && matchReference(text, index) !== undefined;
}
