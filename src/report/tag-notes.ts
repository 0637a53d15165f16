import type { ImageResult, RunResult, UnmovedTag } from '../domain/result.ts';
import { formatDigest } from './measures.ts';

const STATES: Readonly<Record<UnmovedTag['reason'], string>> = {
  kept: 'stays',
  refused: 'was refused',
  restored: 'was put back',
};

/** `api-latest stays at sha256:4f1d…: it is of abc1234, which is newer`. */
function describeTag({ tag, digest, reason, why }: UnmovedTag): string {
  const place = digest === null ? 'it does not exist' : `at ${formatDigest(digest)}`;
  const where = reason === 'refused' ? `, and ${digest === null ? place : `is still ${place}`}` : ` ${place}`;
  return `${tag} ${STATES[reason]}${where}${reason === 'kept' ? `: ${why}` : ''}`;
}

/** Tags that stay at the image of another run, one line for each. */
export function describeKeptTags(run: RunResult): readonly string[] {
  const unmoved = run.images.flatMap((image) => (image.state === 'failed' ? [] : image.unmoved));
  return unmoved.map(describeTag);
}

/** The position of each tag of an image whose tags could not all be moved. */
export function describeTags({ digest, tags, unmoved }: ImageResult): readonly string[] {
  if (digest === null) return [];
  return [`Published as ${formatDigest(digest)}: ${tags.join(', ')}`, ...unmoved.map(describeTag)];
}
