import { HephyError } from '../errors.ts';
import { copyImage, isSameRepository } from './copy.ts';
import { chooseDatedTag, type DatedTag } from './dated-tag.ts';
import { buildIndex, type IndexEntry } from './image-index.ts';
import { inspectImage, REVISION, type ExpectedImage, type InspectedImage } from './inspect.ts';
import { alignLegTags, type TaggedLeg } from './leg-tags.ts';
import { blobsOf, type ImageManifest, type Manifest } from './manifest.ts';
import { settlePool, type Settled } from '../system/concurrency/pool.ts';
import type { TagKeeper, UnmovedTag } from './move-tags.ts';
import { publishManifest, publishTags } from './publish.ts';
import { formatRepository, isTag, type RepositoryName } from './reference.ts';
import type { Registries, Repository } from './repository.ts';
import type { Descriptor, ImagePlatform, ManifestType } from './schema.ts';

export interface JoinChild extends ExpectedImage {
  /** Of its platform, beside the default tag. */
  readonly legTag?: string;
}

export interface JoinRequest {
  readonly repository: RepositoryName;
  /** The first is the default tag. */
  readonly tags: readonly string[];
  readonly children: readonly JoinChild[];
  /** Of a default tag that stays where it is; without it the tag is moved. */
  readonly dated?: DatedTag;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Default: provenance entries, `unknown/unknown`, are left out. */
  readonly keepAttestations?: boolean;
  /** One image for one platform gets the tags itself: some runtimes, such as AWS Lambda, cannot read an index. */
  readonly single?: boolean;
  /**
   * The index gets the revision of its images, if all have the same. An index that is created again from unchanged images
   * is then byte for byte the same, whatever was committed since.
   */
  readonly inheritRevision?: boolean;
  /** Decides whether additional tags of another image move. Default: they move. */
  readonly keeper?: TagKeeper;
}

export interface JoinedPlatform {
  readonly platform: ImagePlatform;
  readonly digest: string;
  /** Compressed layers and config, as a pull transfers them. */
  readonly size: number;
}

export interface Joined {
  readonly digest: string;
  readonly mediaType: ManifestType;
  /** The requested tags that point to the image now. */
  readonly tags: readonly string[];
  readonly unmoved: readonly UnmovedTag[];
  /** Why the registry refused an additional tag. The default tag points to the image already. */
  readonly problem: HephyError | undefined;
  /** Refused tags that only save work in later runs. */
  readonly lostAliases: readonly HephyError[];
  readonly platforms: readonly JoinedPlatform[];
}

/** Inspects and verifies all images before anything is pushed, so that a tag never points to an incomplete image. */
export async function joinImages(registries: Registries, request: JoinRequest): Promise<Joined> {
  checkRequest(request);
  const target = registries.repository(request.repository, 'push');
  const children = await inspectAll(registries, target, request.children);
  for (const child of children) await bringOver(child, target, request.keepAttestations ?? false);
  const published = assemble(request, children);
  const moved = await publishTags({
    repository: target,
    manifest: published,
    tags: await settleTags({ target, request, children, digest: published.digest }),
    keeper: request.keeper,
  });
  const lost = await Promise.all(children.map((child) => addAlias(child, target)));
  return {
    digest: published.digest,
    mediaType: published.mediaType,
    tags: moved.tags,
    unmoved: moved.unmoved,
    problem: moved.problem,
    lostAliases: lost.flatMap((error) => error ?? []),
    platforms: children.map(({ platform, manifest }) => ({
      platform,
      digest: manifest.digest,
      size: sizeOf(manifest),
    })),
  };
}

/** What `joinImages` would publish. */
export async function previewJoin(registries: Registries, request: JoinRequest): Promise<Manifest> {
  checkRequest(request);
  const target = registries.repository(request.repository);
  return assemble(request, await inspectAll(registries, target, request.children));
}

function checkRequest({ repository, tags, children }: JoinRequest): void {
  if (children.length === 0) throw nothingToJoin(repository);
  const illegal = tags.find((tag) => !isTag(tag));
  if (illegal !== undefined) throw badTag(illegal);
}

interface Settling {
  readonly target: Repository;
  readonly request: JoinRequest;
  readonly children: readonly InspectedImage[];
  readonly digest: string;
}

/** The default tag may get a number, and the tags of the architectures follow it. */
async function settleTags({ target, request, children, digest }: Settling): Promise<readonly string[]> {
  const { dated, tags } = request;
  const [planned, ...others] = tags;
  if (planned === undefined || dated === undefined) return tags;
  const tag = await chooseDatedTag(target, dated, { planned, digest });
  await alignLegTags({ repository: target, planned, tag }, listTagged(request, children));
  return [tag, ...others];
}

function listTagged({ children }: JoinRequest, inspected: readonly InspectedImage[]): readonly TaggedLeg[] {
  return inspected.flatMap((child, at) => {
    const { legTag, reference } = children[at] ?? {};
    return legTag === undefined ? [] : [{ child, legTag, pushed: reference?.tag === legTag }];
  });
}

/** Publishes many images, at most `concurrency` at once. A failure does not stop the others. */
export async function joinAll(
  registries: Registries,
  requests: readonly JoinRequest[],
  concurrency: number,
): Promise<Settled<Joined>[]> {
  return settlePool(requests, concurrency, (request) => joinImages(registries, request));
}

async function inspectAll(
  registries: Registries,
  target: Repository,
  children: readonly ExpectedImage[],
): Promise<InspectedImage[]> {
  const settled = await settlePool(children, children.length, (child) => {
    const own = formatRepository(child.reference) === formatRepository(target.name);
    return inspectImage(own ? target : registries.repository(child.reference), child);
  });
  const errors = settled.flatMap((outcome) => ('error' in outcome ? [outcome.error] : []));
  if (errors.length > 0) throw combine(errors);
  return settled.flatMap((outcome) => ('value' in outcome ? [outcome.value] : []));
}

/** Reports several missing architectures as one error. */
function combine(errors: readonly unknown[]): unknown {
  const missing = errors.filter(
    (error) => error instanceof HephyError && error.code === 'MANIFEST_MISSING_LEG',
  );
  const [first] = missing;
  if (!(first instanceof HephyError) || missing.length < 2) return first ?? errors[0];
  const all = missing.filter((error) => error instanceof HephyError);
  const message = all.map((error) => error.message).join('; ');
  return new HephyError('MANIFEST_MISSING_LEG', message, {
    cause: first,
    subjects: all.flatMap(({ subjects }) => subjects ?? []),
    ...(first.hint ? { hint: first.hint } : {}),
  });
}

async function bringOver(
  child: InspectedImage,
  target: Repository,
  withAttestations: boolean,
): Promise<void> {
  if (isSameRepository(child.repository, target)) return;
  await copyImage(child.repository, target, child.manifest);
  for (const { digest } of withAttestations ? child.attestations : []) {
    const attestation = await child.repository.getManifest(digest);
    if (attestation.kind === 'image') await copyImage(child.repository, target, attestation);
  }
}

/**
 * A later run finds the image by its alias, and otherwise only builds it again: a refused alias does not fail the run. If
 * the registry does not move tags, the alias of an earlier, equivalent image stays.
 */
async function addAlias(
  { named, alias }: InspectedImage,
  target: Repository,
): Promise<HephyError | undefined> {
  try {
    if (alias !== undefined) await publishManifest(target, named, [alias]);
    return undefined;
  } catch (error) {
    if (!(error instanceof HephyError) || error.code === 'CANCELLED') throw error;
    return error.code === 'REGISTRY_IMMUTABLE' ? undefined : error;
  }
}

function assemble(request: JoinRequest, children: readonly InspectedImage[]): Manifest {
  const kept = request.keepAttestations ? children.flatMap(({ attestations }) => attestations) : [];
  const [only, ...others] = children;
  if (request.single && only && others.length === 0 && kept.length === 0) return only.manifest;
  const entries = [...children.map(describeChild), ...kept.map(describeAttestation)];
  return buildIndex(entries, describeIndex(request, children));
}

function describeIndex(
  { annotations = {}, inheritRevision }: JoinRequest,
  [first, ...others]: readonly InspectedImage[],
): Readonly<Record<string, string>> {
  const revision = first?.revision;
  const agreed = revision !== undefined && others.every((child) => child.revision === revision);
  return inheritRevision && agreed ? { ...annotations, [REVISION]: revision } : annotations;
}

function describeChild({ manifest, platform }: InspectedImage): IndexEntry {
  const { mediaType, digest, bytes } = manifest;
  return { mediaType, digest, size: bytes.length, platform };
}

function describeAttestation({ mediaType, digest, size, annotations }: Descriptor): IndexEntry {
  const platform = { os: 'unknown', architecture: 'unknown' };
  return { mediaType, digest, size, platform, ...(annotations ? { annotations } : {}) };
}

function sizeOf({ body }: ImageManifest): number {
  return blobsOf(body).reduce((total, { size }) => total + size, 0);
}

function nothingToJoin(repository: RepositoryName): HephyError {
  return new HephyError(
    'MANIFEST_MISSING_LEG',
    `${formatRepository(repository)}: there is no image to put into an index`,
    {
      hint: 'Build at least one platform first.',
    },
  );
}

function badTag(tag: string): HephyError {
  return new HephyError('REGISTRY_REFERENCE', `${JSON.stringify(tag)} is not a valid tag`, {
    hint: 'A tag has at most 128 letters, digits, "_", "." and "-", and does not begin with "." or "-".',
  });
}
