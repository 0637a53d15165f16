import { posix } from 'node:path';
import picomatch from 'picomatch';
import type { IncludedFile } from '../backends/choice.ts';
import { backendOf } from '../backends/index.ts';
import type { ConfiguredImage } from '../config/settings.ts';
import { fieldPosition } from '../domain/position.ts';
import { HephyError } from '../errors.ts';

/** A file that holds a secret. No image may contain it, not only the image that names it. */
export interface SecretFile {
  /** From the repository's root. */
  readonly path: string;
  readonly image: ConfiguredImage;
  /** The field in the config of that image: `secrets[0].file`. */
  readonly field: string;
}

export interface CopiedSecretsInput {
  readonly image: ConfiguredImage;
  readonly backend: string;
  /** The paths that its Dockerfile copies, from the context. A variable that only the build knows stays in the text. */
  readonly sources: readonly string[];
  /** The contents of the ignore file that applies to this image. */
  readonly ignore: string | undefined;
}

export function listSecretFiles(images: readonly ConfiguredImage[]): readonly SecretFile[] {
  return images.flatMap((image) =>
    (image.values.secrets ?? []).flatMap(({ file: path }, index) =>
      path === undefined ? [] : [{ path, image, field: `secrets[${index}].file` }],
    ),
  );
}

/** The ignore file of a Dockerfile replaces that of the context: https://docs.docker.com/build/concepts/context/#filename-and-location */
export function ignoreFilesOf({ dockerfile, context }: ConfiguredImage): readonly string[] {
  return [`${dockerfile}.dockerignore`, posix.join(context, '.dockerignore')];
}

/**
 * A secret in the context becomes part of the image, or of a layer in the cache, when a COPY copies its directory. The
 * file need not exist yet: usually the job writes it.
 */
export function findCopiedSecrets(
  files: readonly SecretFile[],
  input: CopiedSecretsInput,
): readonly HephyError[] {
  const { image } = input;
  if (image.values.upstream_repo !== undefined || image.values.manual_build) return [];
  return files.flatMap((file) => {
    const path = posix.relative(image.context, file.path);
    if (path.startsWith('../')) return [];
    const copy = describeCopy(path, input);
    return copy === undefined ? [] : [copiedSecret(file, image, copy)];
  });
}

function describeCopy(
  path: string,
  { image, backend, sources, ignore }: CopiedSecretsInput,
): IncludedFile | undefined {
  const { fit, traits } = backendOf(backend);
  if (traits.dockerfile === null || isIgnored(path, ignore ?? '')) return fit.includes?.(path);
  const source = sources.find((one) => mayContain(one, path));
  if (source === undefined) return undefined;
  const hint = `Add it to ${posix.join(image.context, '.dockerignore')}, or move it out of the context.`;
  return { reason: `the Dockerfile copies ${source}`, hint };
}

/** Matches like Docker: names are compared part by part, and braces have no meaning. */
const OPTIONS = { dot: true, nobrace: true, noext: true, noextglob: true, nonegate: true } as const;

/** A source with a variable that only the build knows may name any file. */
function mayContain(source: string, path: string): boolean {
  if (source.includes('$')) return true;
  const pattern = clean(source);
  return pattern === '.' || matchesWithParents(pattern, path);
}

/** The last pattern that matches decides: https://docs.docker.com/build/concepts/context/#negating-matches */
function isIgnored(path: string, ignore: string): boolean {
  let ignored = false;
  for (const line of ignore.replace(/^\ufeff/, '').split(/\r?\n/)) {
    const text = line.trim();
    if (text === '' || line.startsWith('#')) continue;
    const negated = text.startsWith('!');
    if (matchesWithParents(clean(negated ? text.slice(1).trim() : text), path)) ignored = !negated;
  }
  return ignored;
}

function clean(pattern: string): string {
  return posix.normalize(`/${pattern}`).replace(/\/$/, '').slice(1) || '.';
}

function matchesWithParents(pattern: string, path: string): boolean {
  const matches = picomatch(pattern, OPTIONS);
  const parts = path.split('/');
  return parts.some((_, index) => matches(parts.slice(0, index + 1).join('/')));
}

function copiedSecret(
  { path, image: owner, field }: SecretFile,
  image: ConfiguredImage,
  { reason, hint }: IncludedFile,
): HephyError {
  const message = `the secret file ${path} would become part of the image "${image.name}": it is in the context, and ${reason}`;
  return new HephyError('CONFIG_SECRET', message, {
    at: fieldPosition(owner, field),
    hint,
  });
}
