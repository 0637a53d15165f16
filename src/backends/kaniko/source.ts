import { posix } from 'node:path';
import type { Source } from '../../domain/image.ts';

/** Relative to the root of the repository. */
export function dockerfileOf({ context, dockerfile }: Source): string {
  return posix.normalize(dockerfile ?? posix.join(context, 'Dockerfile'));
}
