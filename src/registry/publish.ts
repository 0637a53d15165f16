import { HephyError } from '../errors.ts';
import type { Manifest } from './manifest.ts';
import { nameOf } from './place.ts';
import { runPool } from '../system/concurrency/pool.ts';
import type { Repository } from './repository.ts';

const TAGS_AT_ONCE = 4;

/**
 * By digest first, so that the registry has taken all of it before any tag moves; then the default tag, then the
 * others. A tag that already points here is left alone. Asking first whether the digest is new saves asking for each tag.
 */
export async function publishManifest(
  repository: Repository,
  manifest: Manifest,
  tags: readonly string[],
): Promise<void> {
  const known = (await repository.findManifest(manifest.digest)) !== undefined;
  if (!known) await repository.putManifest(manifest.digest, manifest);
  const [first, ...others] = new Set(tags);
  if (first === undefined) return;
  await setTag({ repository, manifest, known }, first);
  await runPool(others, TAGS_AT_ONCE, (tag) => setTag({ repository, manifest, known }, tag));
}

interface Publication {
  readonly repository: Repository;
  readonly manifest: Manifest;
  readonly known: boolean;
}

async function setTag({ repository, manifest, known }: Publication, tag: string): Promise<void> {
  if (known && (await repository.findManifest(tag)) === manifest.digest) return;
  try {
    await repository.putManifest(tag, manifest);
  } catch (cause) {
    if (!(cause instanceof HephyError) || cause.code !== 'REGISTRY_IMMUTABLE') throw cause;
    const standing = await repository.findManifest(tag);
    if (standing !== manifest.digest) throw stuck(nameOf(repository, tag), { standing, manifest, cause });
  }
}

/** Running a pipeline again on immutable tags is fine while the image is the same; here it is not. */
function stuck(
  name: string,
  { standing, manifest, cause }: { standing: string | undefined; manifest: Manifest; cause: HephyError },
): HephyError {
  const is = standing === undefined ? 'something else' : standing;
  return new HephyError(
    'REGISTRY_IMMUTABLE',
    `${name} cannot be moved: it is ${is}, and this run made ${manifest.digest}`,
    {
      cause,
      hint: 'Choose another tag, or let the registry replace tags; the image was built differently this time.',
    },
  );
}
