import { createHash } from 'node:crypto';

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
export const LONGEST_TAG = 128;
const LEGAL = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const HASH_LENGTH = 8;

export function isLegalTag(text: string): boolean {
  return LEGAL.test(text);
}

/**
 * The legal tag nearest to a text, `feature/x` → `feature-x`; empty where nothing of it can stand in a tag. What is too
 * long, and what lost letters of another alphabet, ends in a hash of the whole text, so that two branches stay apart.
 * A lost slash gets none: a hash on `feature-x` is what nobody wants to read.
 */
export function cleanTag(text: string, longest: number = LONGEST_TAG): string {
  const cleaned = text.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+/, '');
  const trimmed = cleaned === text ? cleaned : trimEnd(cleaned);
  if (text.length <= longest && !/[^\0-\x7f]/.test(text)) return trimmed;
  const stem = trimEnd(trimmed.slice(0, longest - HASH_LENGTH - 1));
  return stem === '' ? hashOf(text) : `${stem}-${hashOf(text)}`;
}

/** Without the dashes that cleaning leaves at the end. Not by a pattern: those take quadratic time on long runs. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '-') end -= 1;
  return text.slice(0, end);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH);
}
