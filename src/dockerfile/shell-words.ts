import { fail, next, peek, type Cursor, type Lookup, type ShellMode, UNKNOWN } from './shell-cursor.ts';
import { readVariable } from './shell-variables.ts';
import { Words } from './word-list.ts';

/** BuildKit reads any depth; here the stack has an end, and no sane file comes near it. */
const DEEPEST = 300;
/** What expansion may add to a word: names that double each other would fill the memory. */
const MOST_ADDED = 4096;

export interface Expansion {
  readonly escape: string;
  readonly lookup: Lookup;
  /** A variable without value and default stays in the text, so that a reader sees what is missing. */
  readonly keepUnset: boolean;
  readonly effort: ShellMode['effort'];
}

/**
 * Expands variables and removes quotes and escapes, by the rules of BuildKit's shell lexer. Undefined where BuildKit
 * refuses the word, and beyond the limits above. https://docs.docker.com/reference/dockerfile/#environment-replacement
 */
export function expandWord(
  text: string,
  { escape, lookup, keepUnset, effort }: Expansion,
): string | undefined {
  if (!/[$"'\\`\uFEFF]/.test(text)) return text;
  const mode = {
    escape,
    lookup,
    effort,
    rawQuotes: false,
    keepUnset: keepUnset ? 'plain' : 'never',
  } as const;
  const cursor = startAt(text, mode, false);
  const result = readUntil(cursor, '', false);
  return cursor.failed ? undefined : result;
}

/** A text without its quotes and escapes, its variables as written. */
export function stripQuotes(text: string, escape: string): string {
  const lookup = (): typeof UNKNOWN => UNKNOWN;
  return expandWord(text, { escape, lookup, keepUnset: true, effort: { left: 0 } }) ?? text;
}

/**
 * The words of a line as the parser cuts it to find here-documents, with quotes and escapes as written or read.
 * Undefined where a quote or a brace has no end.
 */
export function splitShellWords(text: string, quotes: 'written' | 'read'): readonly string[] | undefined {
  const rawQuotes = quotes === 'written';
  const mode = {
    escape: '\\',
    lookup: () => undefined,
    effort: { left: 0 },
    rawQuotes,
    keepUnset: 'always',
  } as const;
  const words = new Words();
  const cursor = { ...startAt(text, mode, rawQuotes), words };
  readUntil(cursor, '', rawQuotes);
  return cursor.failed ? undefined : words.end();
}

function startAt(text: string, mode: ShellMode, rawEscapes: boolean): Cursor {
  const at = text.startsWith('\uFEFF') ? 1 : 0;
  return { text, mode, at, rawEscapes, readUntil, depth: 0, reads: 0, failed: false };
}

function readUntil(cursor: Cursor, stop: string, rawEscapes: boolean): string {
  const outer = cursor.rawEscapes;
  cursor.depth += 1;
  cursor.reads += 1;
  if (cursor.depth > DEEPEST) return fail(cursor);
  cursor.rawEscapes = rawEscapes;
  const most = cursor.text.length + MOST_ADDED;
  let result = '';
  while (!cursor.failed && cursor.at < cursor.text.length && (stop === '' || peek(cursor) !== stop)) {
    result += readPiece(cursor);
    if (result.length > most) fail(cursor);
  }
  if (stop !== '' && next(cursor) !== stop) fail(cursor);
  cursor.depth -= 1;
  cursor.rawEscapes = outer;
  return result;
}

function readPiece(cursor: Cursor): string {
  const char = peek(cursor);
  const { reads } = cursor;
  const raw = char === '$' ? undefined : readRaw(cursor, char);
  const piece = raw ?? (char === '$' ? readVariable(cursor) : next(cursor));
  // Only what stands outside of `${…}` makes words.
  if (cursor.depth > 1) return piece;
  if (cursor.reads !== reads) cursor.words?.forget();
  if (raw === undefined) cursor.words?.add(piece);
  else cursor.words?.addRaw(raw);
  return piece;
}

/** What blanks do not cut; undefined where nothing special stands. */
function readRaw(cursor: Cursor, char: string): string | undefined {
  if (char === "'") return readSingleQuoted(cursor);
  if (char === '"') return readDoubleQuoted(cursor);
  if (char === '<') return readOpening(cursor);
  if (char !== cursor.mode.escape) return undefined;
  const mark = next(cursor);
  return (cursor.rawEscapes ? mark : '') + next(cursor);
}

function readSingleQuoted(cursor: Cursor): string {
  const end = cursor.text.indexOf("'", cursor.at + 1);
  if (end === -1) return fail(cursor);
  const { rawQuotes } = cursor.mode;
  const piece = rawQuotes ? cursor.text.slice(cursor.at, end + 1) : cursor.text.slice(cursor.at + 1, end);
  cursor.at = end + 1;
  return piece;
}

function readDoubleQuoted(cursor: Cursor): string {
  const quote = next(cursor);
  let piece = '';
  while (!cursor.failed && peek(cursor) !== quote) {
    if (cursor.at >= cursor.text.length) return fail(cursor);
    piece += peek(cursor) === '$' ? readVariable(cursor) : readQuotedChar(cursor);
  }
  next(cursor);
  return cursor.mode.rawQuotes ? quote + piece + quote : piece;
}

/** Inside double quotes the escape is one only before `"`, `$` and itself. */
function readQuotedChar(cursor: Cursor): string {
  const char = next(cursor);
  if (char !== cursor.mode.escape) return char;
  const escaped = peek(cursor);
  if (escaped === '') return '';
  const mark = cursor.rawEscapes ? char : '';
  return mark + (escaped === '"' || escaped === '$' || escaped === char ? next(cursor) : char);
}

/** `<<` takes the blanks behind it, so that `<< EOF` is one word. */
function readOpening(cursor: Cursor): string {
  const [found = '<'] = /^<<[\t\r ]*/.exec(cursor.text.slice(cursor.at, cursor.at + 2)) ?? [];
  cursor.at += found.length;
  if (found === '<') return found;
  const start = cursor.at;
  while (['\t', '\r', ' '].includes(peek(cursor))) cursor.at += 1;
  return found + cursor.text.slice(start, cursor.at);
}
