import type { Words } from './word-list.ts';

/** What a variable stands for: its value; undefined where it is not set; `unknown` where only the build will tell. */
export type Value = string | undefined | typeof UNKNOWN;
export const UNKNOWN = Symbol('unknown');
export type Lookup = (name: string) => Value;

/** Work that is left for patterns in a file, so that hostile ones cannot keep the reader busy. */
export interface Effort {
  left: number;
}

export interface ShellMode {
  readonly escape: string;
  readonly lookup: Lookup;
  /** Quotes stay in the result. */
  readonly rawQuotes: boolean;
  /** A variable that is not set stays as it is written: wherever it occurs, or where it has no default. */
  readonly keepUnset: 'never' | 'plain' | 'always';
  readonly effort: Effort;
}

/** A place in a word that is being read. */
export interface Cursor {
  readonly text: string;
  readonly mode: ShellMode;
  /** Reads on to a character, which is consumed; this is how what stands inside `${…}` is read. */
  readonly readUntil: (cursor: Cursor, stop: string, rawEscapes: boolean) => string;
  /** Where words are collected, if they are. */
  readonly words?: Words;
  at: number;
  depth: number;
  /** How often `readUntil` was called. */
  reads: number;
  /** Escapes stay in the result. */
  rawEscapes: boolean;
  /** BuildKit would refuse the word, or it goes beyond what is read here. */
  failed: boolean;
}

/** Empty at the end. */
export function peek(cursor: Cursor): string {
  return cursor.text.charAt(cursor.at);
}

export function next(cursor: Cursor): string {
  const char = cursor.text.charAt(cursor.at);
  cursor.at += 1;
  return char;
}

export function fail(cursor: Cursor): '' {
  cursor.failed = true;
  return '';
}
