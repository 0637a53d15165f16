import type { Shortcoming, Subject } from '../choice.ts';

/** For every backend that builds a Dockerfile. */
export function findMissingDockerfile({ dockerfile, hasDockerfile }: Subject): Shortcoming | undefined {
  if (hasDockerfile) return undefined;
  return {
    code: 'CONFIG_DOCKERFILE',
    message: `there is no ${dockerfile}`,
    hint: 'Add it, or set dockerfile_path. A go.mod with a cmd/ directory, or a spin.toml, needs no Dockerfile.',
  };
}
