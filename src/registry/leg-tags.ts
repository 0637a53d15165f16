import { HephyError } from '../errors.ts';
import { findPlatform } from './image-index.ts';
import type { InspectedImage } from './inspect.ts';
import type { Manifest } from './manifest.ts';
import type { Repository } from './repository.ts';

/** An image for one platform, and the tag that the plan gives to it. */
export interface TaggedLeg {
  readonly child: InspectedImage;
  readonly legTag: string;
  /** By this run, under `legTag`; false: an earlier run built it. */
  readonly pushed: boolean;
}

export interface LegTagMove {
  readonly repository: Repository;
  /** The default tag of the plan, which each `legTag` begins with. */
  readonly planned: string;
  /** The default tag that the index gets. */
  readonly tag: string;
}

/** An index and the tags of its architectures name the same images, whichever default tag the index gets. */
export async function alignLegTags(move: LegTagMove, legs: readonly TaggedLeg[]): Promise<void> {
  const before = move.tag === move.planned ? undefined : await move.repository.getManifest(move.planned);
  await Promise.all(legs.map((leg) => alignLegTag(move, leg, before)));
}

async function alignLegTag(
  { repository, planned, tag }: LegTagMove,
  { child, legTag, pushed }: TaggedLeg,
  before: Manifest | undefined,
): Promise<void> {
  if (pushed && before === undefined) return;
  const own = `${tag}${legTag.slice(planned.length)}`;
  const standing = await repository.findManifest(own);
  if (standing === undefined ? pushed : standing !== child.named.digest) {
    await setTag(repository, own, child.named);
  }
  if (pushed && before) await putBack(repository, legTag, { child, before });
}

/** A leg that was pushed again overwrote the tag of the one that is published. */
async function putBack(
  repository: Repository,
  legTag: string,
  { child, before }: { readonly child: InspectedImage; readonly before: Manifest },
): Promise<void> {
  const digest = before.kind === 'index' ? findPlatform(before.body, child.platform)?.digest : before.digest;
  if (digest === undefined || digest === child.manifest.digest) return;
  await setTag(repository, legTag, await repository.getManifest(digest));
}

/** Where tags never move, none was overwritten either. */
async function setTag(repository: Repository, tag: string, manifest: Manifest): Promise<void> {
  try {
    await repository.putManifest(tag, manifest);
  } catch (error) {
    if (!(error instanceof HephyError) || error.code !== 'REGISTRY_IMMUTABLE') throw error;
  }
}
