import { posix } from 'node:path';
import type { Shortcoming, Subject } from '../choice.ts';

/** The error of every backend that needs a Dockerfile. */
export function findMissingDockerfile(subject: Subject): Shortcoming | undefined {
  if (subject.hasDockerfile) return undefined;
  const broken = subject.facts?.brokenDockerfile;
  if (broken !== undefined) return { code: 'CONFIG_DOCKERFILE', message: broken.text, hint: broken.hint };
  return {
    code: 'CONFIG_DOCKERFILE',
    message: `there is no ${subject.dockerfiles.join(', and no ')}`,
    hint: adviseOn(subject) ?? NOTHING_SIMILAR,
  };
}

const NOTHING_SIMILAR =
  'Add it, or set dockerfile_path. A go.mod with a cmd/ directory, or a spin.toml, needs no Dockerfile.';

function adviseOn({ facts, dir }: Subject): string | undefined {
  const similar = facts?.findSimilarDockerfile?.();
  if (similar === undefined) return undefined;
  return `Did you mean ${similar}? Set dockerfile_path: ${posix.relative(dir, similar)}`;
}
