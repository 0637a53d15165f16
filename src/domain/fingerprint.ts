import { createHash } from 'node:crypto';
import type { PlanLeg } from './plan.ts';

/** All that decides over the result of a leg, each part as one hash: `files` → `9f86d0…`. */
export type FingerprintParts = Readonly<Record<string, string>>;

/** What a leg is built from, as one value. Two legs with the same one give the same image. */
export interface Fingerprint {
  readonly hash: string;
  /** Shortened: enough to say which part changed. */
  readonly parts: FingerprintParts;
}

/** Kept with the image, by this label or, where the tool sets no labels, annotation. */
export const FINGERPRINT_LABEL = 'dev.hephy.fingerprint';

/** What the label says of an image whose inputs are not all known. Left out, that of its base would shine through. */
export const NO_FINGERPRINT = 'none';

/** Goes up when other things are hashed, or in another way: nothing that was built before is then taken for unchanged. */
const SCHEME = 'v2';
const SHORT = 12;

export function makeFingerprint(parts: FingerprintParts): Fingerprint {
  const entries = Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1));
  const shortened = entries.map(([name, hash]) => [name, hash.slice(0, SHORT)]);
  return { hash: hashValue([SCHEME, entries]), parts: Object.fromEntries(shortened) };
}

/** Of any plain value; the order of an object's keys counts, so callers sort what has no order of its own. */
export function hashValue(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** Unique for its content, so it can be set once and for ever: registries with immutable tags take it as well. */
export function fingerprintTag({ hash }: Fingerprint): string {
  return `fp-${hash.slice(0, 40)}`;
}

/** `v2.5e88….command:1f2e.files:9f86…`: neither spaces nor `=` nor quotes, which tools treat each in its own way. */
export function formatFingerprint({ hash, parts }: Fingerprint): string {
  const listed = Object.entries(parts).map(([name, part]) => `${name}:${part}`);
  return [SCHEME, hash, ...listed].join('.');
}

/** Undefined where the text is none of this version. */
export function parseFingerprint(text: string): Fingerprint | undefined {
  const [scheme, hash = '', ...listed] = text.split('.');
  if (scheme !== SCHEME || !/^[0-9a-f]{64}$/.test(hash)) return undefined;
  const parts = listed.map((part) => part.split(':')).map(([name = '', short = '']) => [name, short]);
  return { hash, parts: Object.fromEntries(parts) };
}

/** The tag that finds the image of an unchanged leg; undefined for a leg that this run builds. */
export function unchangedTag({
  fingerprint,
  unchanged,
}: Pick<PlanLeg, 'fingerprint' | 'unchanged'>): string | undefined {
  return unchanged && fingerprint && 'hash' in fingerprint ? fingerprintTag(fingerprint) : undefined;
}
