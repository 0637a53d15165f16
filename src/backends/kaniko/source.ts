import { posix } from 'node:path';
import type { Source } from '../../domain/image.ts';

/** From the root of the repository that holds it. */
export function dockerfileOf({ context, dockerfile }: Source): string {
  return posix.normalize(dockerfile ?? posix.join(context, 'Dockerfile'));
}

/** From the context, as kaniko wants it; undefined where the Dockerfile stands outside of it. */
export function dockerfileInContext(source: Source): string | undefined {
  const path = posix.relative(source.context, dockerfileOf(source));
  return path === '..' || path.startsWith('../') ? undefined : path;
}
