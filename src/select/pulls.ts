import { traitsOf } from '../backends/index.ts';
import type { ImageConfig } from '../config/schema.ts';
import type { Choice, Pulls } from '../domain/choice.ts';
import type { Dockerfile } from '../dockerfile/dockerfile.ts';
import { listAllDownloads } from '../dockerfile/downloads.ts';
import { listPulledImages } from '../dockerfile/images.ts';
import type { Situation } from '../dockerfile/situation.ts';
import { resolveStages } from '../dockerfile/stages.ts';
import type { PublishedIndex } from './published-index.ts';
import { matchReference } from './references.ts';
import { describeSituations } from './situations.ts';

export interface PullsInput {
  readonly choice: Choice;
  readonly buildArgs: ImageConfig['build_args'];
  readonly dockerfile: Dockerfile | undefined;
}

/**
 * What a Dockerfile build fetches that is no dependency by tag: base images, BuildKit's frontend, downloads. A build is
 * known to give the same image only where each of them is known to be the same. Null where the Dockerfile is not known.
 */
export function listPulls(question: PullsInput, index: PublishedIndex): Pulls | null {
  const { choice, dockerfile } = question;
  if (!traitsOf(choice.backend).dockerfile) return { all: [], byPlatform: {} };
  if (dockerfile === undefined) return null;
  const situations = describeSituations(question, index);
  const lists = situations.map((situation) => listReferences(dockerfile, { situation, index }));
  const [first = new Set<string>(), ...others] = lists;
  const all = new Set([...first].filter((reference) => others.every((list) => list.has(reference))));
  const rest = lists.map((list, at) => {
    return [situations[at]?.platform ?? '', [...list].filter((reference) => !all.has(reference))] as const;
  });
  const { frontend } = dockerfile;
  const read = traitsOf(choice.backend).frontends && frontend !== undefined ? [frontend.value] : [];
  return {
    all: [...new Set([...read, ...all])],
    byPlatform: Object.fromEntries(rest.filter(([, list]) => list.length > 0)),
  };
}

interface Place {
  readonly situation: Situation;
  readonly index: PublishedIndex;
}

function listReferences(dockerfile: Dockerfile, { situation, index }: Place): ReadonlySet<string> {
  const resolved = resolveStages(dockerfile, situation);
  const images = listPulledImages(resolved).map(({ text }) => text);
  const downloads = listAllDownloads(resolved).filter(({ verified }) => !verified);
  return new Set([
    ...images.filter((text) => !isDependency(text, index)),
    ...downloads.map(({ source }) => source),
  ]);
}

/** By its tag variable, so that it is the one of this run; a literal tag is what it was before the run. */
function isDependency(text: string, index: PublishedIndex): boolean {
  return /:\$(\{\w+[^}]*\}|\w+)$/.test(text) && matchReference(text, index) !== undefined;
}
