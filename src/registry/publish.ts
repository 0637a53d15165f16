import type { Manifest } from './manifest.ts';
import { moveTags, type MovedTags, type TagMove } from './move-tags.ts';
import { refuseTag, type TagPush } from './refuse-tag.ts';
import type { Repository } from './repository.ts';

export function publishManifest(
  repository: Repository,
  manifest: Manifest,
  tags: readonly string[],
): Promise<MovedTags> {
  return publishTags({ repository, manifest, tags, keeper: undefined });
}

/**
 * Pushes by digest first, so that the registry has accepted the manifest before any tag moves; then the default tag, then
 * the others. Tags that point to the manifest already are not pushed. If the digest is new, the default tag cannot point
 * to it, which saves a request.
 */
export async function publishTags({ repository, manifest, tags, keeper }: TagMove): Promise<MovedTags> {
  const known = (await repository.findManifest(manifest.digest)) !== undefined;
  if (!known) await repository.putManifest(manifest.digest, manifest);
  const [first, ...others] = new Set(tags);
  if (first === undefined) return { tags: [], unmoved: [] };
  await setDefaultTag({ repository, manifest, known }, first);
  const moved = await moveTags({ repository, manifest, tags: others, keeper });
  return { ...moved, tags: [first, ...moved.tags] };
}

async function setDefaultTag(
  { repository, manifest, known }: TagPush & { readonly known: boolean },
  tag: string,
): Promise<void> {
  if (known && (await repository.findManifest(tag)) === manifest.digest) return;
  try {
    await repository.putManifest(tag, manifest);
  } catch (cause) {
    await refuseTag({ repository, manifest }, tag, { cause, additional: false });
  }
}
