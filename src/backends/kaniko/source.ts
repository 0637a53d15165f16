import { posix } from 'node:path';
import type { Source } from '../../domain/image.ts';

/** Relative to the root of the repository. */
export function dockerfileOf({ context, dockerfile }: Source): string {
  return posix.normalize(dockerfile ?? posix.join(context, 'Dockerfile'));
}

/** Relative to the context, as kaniko requires; undefined if the Dockerfile is outside the context. */
export function dockerfileInContext(source: Source): string | undefined {
  const path = posix.relative(source.context, dockerfileOf(source));
  return path === '..' || path.startsWith('../') ? undefined : path;
}
