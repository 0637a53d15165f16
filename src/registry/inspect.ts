import { HephyError } from '../errors.ts';
import { attestationsOf, findPlatform, imagesIn } from './image-index.ts';
import type { ImageManifest, IndexManifest, Manifest } from './manifest.ts';
import { nameOf } from './place.ts';
import { formatPlatform, isSamePlatform } from './platform.ts';
import { isDigest, referenceTarget, type Reference } from './reference.ts';
import type { Repository } from './repository.ts';
import { ImageConfig, parseAs, type Descriptor, type ImagePlatform } from './schema.ts';

/** An image that must exist, and its expected properties. */
export interface ExpectedImage {
  readonly reference: Reference;
  readonly platform: ImagePlatform;
  /** The commit in its label or annotation `org.opencontainers.image.revision`. */
  readonly revision?: string | undefined;
  /** Further labels or annotations that it must have. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Names of `labels` that also determine the platform: if the annotations match, the config is not fetched. */
  readonly provenBy?: readonly string[];
  /** Returns a further tag for the image, from its labels. */
  readonly aliasOf?: ((labels: Labels) => string | undefined) | undefined;
}

type Labels = Readonly<Record<string, string>>;

/** An image that exists and has the expected properties. */
export interface InspectedImage {
  readonly repository: Repository;
  readonly platform: ImagePlatform;
  readonly manifest: ImageManifest;
  readonly attestations: readonly Descriptor[];
  readonly revision: string | undefined;
  /** With annotations for names without a label: builders that cannot set labels (Spin) can set annotations. */
  readonly labels: Labels;
  readonly alias: string | undefined;
  /** The manifest of the reference: the image itself, or an index of the image and its attestations. */
  readonly named: Manifest;
}

export const REVISION = 'org.opencontainers.image.revision';
const MAX_NESTING = 4;

/** A tag alone proves nothing: another run may have moved it, or a builder pushed for the wrong machine. */
export async function inspectImage(repository: Repository, expected: ExpectedImage): Promise<InspectedImage> {
  const target = referenceTarget(expected.reference);
  const name = nameOf(repository, target);
  const named = await getManifest(repository, target, name);
  const found = await resolveImage({ repository, expected, name }, named);
  const labels = proves(found.manifest, expected)
    ? { ...found.manifest.body.annotations }
    : await readConfig({ repository, expected, name }, found.manifest);
  const revision = labels[REVISION];
  checkRevision(name, revision, expected.revision);
  for (const [label, value] of Object.entries(expected.labels ?? {})) {
    if (labels[label] !== value) throw mismatch(`${name} does not have the expected ${label}`);
  }
  return {
    ...found,
    repository,
    platform: expected.platform,
    revision,
    labels,
    alias: expected.aliasOf?.(labels),
    named,
  };
}

/** Whether the annotations prove everything, including the platform, so that the config is not fetched. */
function proves(
  { body: { annotations = {} } }: ImageManifest,
  { provenBy = [], labels = {} }: ExpectedImage,
): boolean {
  return (
    provenBy.length > 0 && provenBy.every((name) => name in labels && annotations?.[name] === labels[name])
  );
}

async function readConfig({ repository, expected, name }: Search, { body }: ImageManifest): Promise<Labels> {
  const config = parseAs(ImageConfig, await repository.readBlob(body.config)) ?? {};
  checkPlatform(name, config, expected.platform);
  return { ...body.annotations, ...config.config?.Labels };
}

interface Search {
  readonly repository: Repository;
  readonly expected: ExpectedImage;
  readonly name: string;
}

type Resolved = Pick<InspectedImage, 'manifest' | 'attestations'>;

async function resolveImage(search: Search, start: Manifest): Promise<Resolved> {
  let manifest = start;
  let attestations: readonly Descriptor[] = [];
  for (let depth = 0; manifest.kind === 'index'; depth += 1) {
    if (depth === MAX_NESTING)
      throw mismatch(`${search.name} is an index with too many levels of indexes in it`);
    const entry = chooseEntry(search, manifest);
    attestations = attestationsOf(manifest.body, entry.digest);
    manifest = await getManifest(search.repository, entry.digest, search.name);
  }
  return { manifest, attestations };
}

function chooseEntry({ name, expected }: Search, index: IndexManifest): Descriptor {
  const entry = findPlatform(index.body, expected.platform);
  if (entry) return entry;
  const present = imagesIn(index.body).map(({ platform }) =>
    platform ? formatPlatform(platform) : 'unnamed',
  );
  const listed = present.length === 0 ? 'nothing' : present.join(', ');
  throw mismatch(`${name} is an index of ${listed}, but ${formatPlatform(expected.platform)} is expected`);
}

async function getManifest(repository: Repository, target: string, name: string): Promise<Manifest> {
  try {
    return await repository.getManifest(target);
  } catch (cause) {
    if (!(cause instanceof HephyError) || cause.code !== 'REGISTRY_NOT_FOUND') throw cause;
    const hint = isDigest(target) ? GONE_HINT : MISSING_HINT;
    throw new HephyError('MANIFEST_MISSING_LEG', `${name} is not in the registry`, {
      ...{ cause, hint },
      subjects: [name],
    });
  }
}

const MISSING_HINT = 'Check the log of the build that should have pushed it, then run that build again.';
const GONE_HINT =
  'It existed when this run began: something deletes images in this repository. Run again from the start to build it again.';

function checkPlatform(name: string, config: ImageConfig, expected: ImagePlatform): void {
  const { os, architecture, variant } = config;
  if (!os || !architecture) throw mismatch(`${name} does not say which platform it is for`);
  const found = { os, architecture, ...(variant ? { variant } : {}) };
  if (isSamePlatform(found, expected)) return;
  throw mismatch(`${name} is for ${formatPlatform(found)}, but ${formatPlatform(expected)} is expected`);
}

function checkRevision(name: string, found: string | undefined, expected: string | undefined): void {
  if (expected === undefined || found === expected) return;
  const said =
    found === undefined ? 'does not say which commit it was built from' : `was built from ${found}`;
  throw mismatch(`${name} ${said}, but ${expected} is expected`);
}

function mismatch(message: string): HephyError {
  return new HephyError('MANIFEST_MISMATCH', message, {
    hint: 'Another run may have pushed this tag: build it again. The tags of the image were not moved.',
  });
}
