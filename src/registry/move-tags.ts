import { HephyError } from '../errors.ts';
import { settlePool } from '../system/concurrency/pool.ts';
import type { Manifest } from './manifest.ts';
import { refuseTag } from './refuse-tag.ts';
import type { Repository } from './repository.ts';

const TAGS_AT_ONCE = 4;

/** What a tag points to before this run moves it. */
export interface Standing {
  readonly digest: string;
  /** Undefined if the manifest has a format that this client cannot read. */
  readonly manifest: Manifest | undefined;
}

/** A tag that does not point to the image of this run, and why. */
export interface UnmovedTag {
  readonly tag: string;
  /** What the tag points to now; null if it does not exist. */
  readonly digest: string | null;
  /** `kept`: still the image of another run. `refused`: by the registry. `restored`: moved back after a refusal. */
  readonly reason: 'kept' | 'refused' | 'restored';
  readonly why: string;
}

/** Decides whether existing tags move. */
export interface TagKeeper {
  /** Called right before a tag is moved. Returns why the tag must stay, or undefined to move it. */
  reasonToKeep(tag: string, standing: Standing): Promise<string | undefined>;
  /** Called for each tag that was moved. Returns the image of a newer run that was published meanwhile. */
  overtaken?(tag: string): Promise<{ readonly digest: string; readonly why: string } | undefined>;
}

export interface TagMove {
  readonly repository: Repository;
  readonly manifest: Manifest;
  readonly tags: readonly string[];
  readonly keeper: TagKeeper | undefined;
}

export interface MovedTags {
  /** The tags that point to the image now. */
  readonly tags: readonly string[];
  readonly unmoved: readonly UnmovedTag[];
  /** Why the registry refused a tag. */
  readonly problem?: HephyError;
}

interface Found {
  readonly tag: string;
  readonly standing: Standing | undefined;
  readonly keep: string | undefined;
}

/** Moves all of these tags. If the registry refuses one, the tags that were moved already are moved back. */
export async function moveTags(move: TagMove): Promise<MovedTags> {
  const found = await lookUpAll(move);
  const kept = found.flatMap(({ tag, standing, keep }) =>
    keep === undefined ? [] : [unmoved(tag, standing, { reason: 'kept', why: keep })],
  );
  const there = found.filter(({ standing }) => standing?.digest === move.manifest.digest);
  const wanted = found.filter((one) => one.keep === undefined && !there.includes(one));
  const settled = await settlePool(wanted, TAGS_AT_ONCE, (one) => setTag(move, one));
  const moved = wanted.filter((_, at) => 'value' in (settled[at] ?? {}));
  const failed = wanted.flatMap((one, at) => readFailure(one, settled[at]));
  const stays = there.map(({ tag }) => tag);
  const [first] = failed;
  if (first === undefined) return settleMoved(move, { moved, stays, kept });
  const back = await Promise.all(moved.map((one) => putBack(move, one, `the registry refused ${first.tag}`)));
  const refused = failed.map(({ tag, standing, error }) =>
    unmoved(tag, standing, { reason: 'refused', why: error.message }),
  );
  const tags = moved.filter((_, at) => back[at] === undefined).map(({ tag }) => tag);
  const restored = back.flatMap((one) => one ?? []);
  return { tags: [...stays, ...tags], unmoved: [...kept, ...refused, ...restored], problem: first.error };
}

async function lookUpAll({ repository, manifest, tags, keeper }: TagMove): Promise<readonly Found[]> {
  const settled = await settlePool(tags, TAGS_AT_ONCE, async (tag) => {
    const standing = await readStanding(repository, tag);
    const moves = standing === undefined || standing.digest === manifest.digest;
    return { tag, standing, keep: moves ? undefined : await keeper?.reasonToKeep(tag, standing) };
  });
  return settled.map((outcome) => {
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  });
}

async function readStanding(repository: Repository, tag: string): Promise<Standing | undefined> {
  try {
    const manifest = await repository.getManifest(tag);
    return { digest: manifest.digest, manifest };
  } catch (error) {
    if (!(error instanceof HephyError) || error.code === 'CANCELLED') throw error;
    if (error.code === 'REGISTRY_NOT_FOUND') return undefined;
    // A manifest that cannot be read, such as Docker schema 1, may still be replaced.
    const digest = await repository.findManifest(tag).catch(() => undefined);
    if (digest === undefined) throw error;
    return { digest, manifest: undefined };
  }
}

async function setTag({ repository, manifest }: TagMove, { tag }: Found): Promise<void> {
  try {
    await repository.putManifest(tag, manifest);
  } catch (cause) {
    await refuseTag({ repository, manifest }, tag, { cause, additional: true });
  }
}

interface Failed extends Found {
  readonly error: HephyError;
}

function readFailure(found: Found, outcome: object | undefined): readonly Failed[] {
  if (outcome === undefined || !('error' in outcome)) return [];
  const { error } = outcome;
  if (!(error instanceof HephyError) || error.code === 'CANCELLED') throw error;
  return [{ ...found, error }];
}

interface Settling {
  readonly moved: readonly Found[];
  readonly stays: readonly string[];
  readonly kept: readonly UnmovedTag[];
}

/** Registries have no atomic compare-and-set, so a newer run that published in between is detected afterwards. */
async function settleMoved(move: TagMove, { moved, stays, kept }: Settling): Promise<MovedTags> {
  const given = await Promise.all(moved.map(({ tag }) => giveUp(move, tag)));
  const tags = moved.filter((_, at) => given[at] === undefined).map(({ tag }) => tag);
  return { tags: [...stays, ...tags], unmoved: [...kept, ...given.flatMap((one) => one ?? [])] };
}

/** Moves the tag back to the image of a newer run, if there is one. */
async function giveUp(move: TagMove, tag: string): Promise<UnmovedTag | undefined> {
  const newer = await move.keeper?.overtaken?.(tag);
  if (newer === undefined || newer.digest === move.manifest.digest) return undefined;
  await restore(move, tag, await move.repository.getManifest(newer.digest));
  return { tag, digest: newer.digest, reason: 'kept', why: newer.why };
}

/** Undefined if the tag was not moved back. A new tag stays, because deleting a tag may delete the image. */
async function putBack(
  move: TagMove,
  { tag, standing }: Found,
  why: string,
): Promise<UnmovedTag | undefined> {
  if (standing?.manifest === undefined) return undefined;
  try {
    if (!(await restore(move, tag, standing.manifest))) return undefined;
    return unmoved(tag, standing, { reason: 'restored', why });
  } catch {
    return undefined;
  }
}

/** Only if the tag still points to the image of this run: another run may have moved it meanwhile. */
async function restore({ repository, manifest }: TagMove, tag: string, before: Manifest): Promise<boolean> {
  if ((await repository.findManifest(tag)) !== manifest.digest) return false;
  await repository.putManifest(tag, before);
  return true;
}

function unmoved(
  tag: string,
  standing: Standing | undefined,
  reason: Pick<UnmovedTag, 'reason' | 'why'>,
): UnmovedTag {
  return { tag, digest: standing?.digest ?? null, ...reason };
}
