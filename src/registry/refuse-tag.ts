import { HephyError } from '../errors.ts';
import type { Manifest } from './manifest.ts';
import { nameOf } from './place.ts';
import type { Repository } from './repository.ts';

export interface TagPush {
  readonly repository: Repository;
  readonly manifest: Manifest;
}

interface Refusal {
  readonly cause: unknown;
  /** Whether every run moves this tag, unlike the default tag, which belongs to one commit. */
  readonly additional: boolean;
}

/** Throws, unless the registry does not move tags and this tag points to the same image already. */
export async function refuseTag(
  { repository, manifest }: TagPush,
  tag: string,
  { cause, additional }: Refusal,
): Promise<void> {
  if (!(cause instanceof HephyError) || cause.code !== 'REGISTRY_IMMUTABLE') throw cause;
  const standing = await repository.findManifest(tag);
  if (standing === manifest.digest) return;
  const is = standing === undefined ? 'another image' : standing;
  const name = nameOf(repository, tag);
  throw new HephyError(
    'REGISTRY_IMMUTABLE',
    `${name} cannot be moved: it points to ${is}, and this run built ${manifest.digest}`,
    { cause, hint: additional ? ADDITIONAL_HINT : DEFAULT_HINT },
  );
}

const ADDITIONAL_HINT =
  'Every run moves this tag, but the registry does not allow it: remove the tag from additional_tags, or exclude it from the immutable tags of the registry.';

const DEFAULT_HINT =
  'An earlier run published another image under this tag. Build a new commit, delete the tag, or allow the registry to overwrite tags.';
