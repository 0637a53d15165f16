import { fail, next, peek, UNKNOWN, type Cursor } from './shell-cursor.ts';
import { modify, type Modifier } from './shell-modifiers.ts';

const NAME = /\p{Nd}+|[@*#?$!-]|[\p{L}\p{Nd}_]*/uy;

/** `$NAME` or `${NAME…}`; a dollar sign before anything else is itself. */
export function readVariable(cursor: Cursor): string {
  const start = cursor.at;
  next(cursor);
  if (peek(cursor) !== '{') return readPlain(cursor, start);
  next(cursor);
  if (['', '{', '}', ':'].includes(peek(cursor))) return fail(cursor);
  const name = readName(cursor);
  const operator = next(cursor);
  if (operator === '}') return lookUp(cursor, name, start);
  const modifier = operator === '/' ? readReplacement(cursor) : readModifier(cursor, operator);
  if (modifier === undefined || cursor.failed) return fail(cursor);
  return modified(cursor, { name, start, modifier });
}

function readPlain(cursor: Cursor, start: number): string {
  const name = readName(cursor);
  return name === '' ? '$' : lookUp(cursor, name, start);
}

function readName(cursor: Cursor): string {
  NAME.lastIndex = cursor.at;
  const [name = ''] = NAME.exec(cursor.text) ?? [];
  cursor.at += name.length;
  return name;
}

function lookUp(cursor: Cursor, name: string, start: number): string {
  const value = cursor.mode.lookup(name);
  if (value === UNKNOWN) return cursor.text.slice(start, cursor.at);
  return value ?? (cursor.mode.keepUnset === 'never' ? '' : cursor.text.slice(start, cursor.at));
}

/** `:-word`, `-word`, `:+word`, `+word`, `:?word`, `?word`, `#pattern`, `%pattern`; the closing brace is consumed. */
function readModifier(cursor: Cursor, first: string): Modifier | undefined {
  const emptyIsUnset = first === ':';
  const operator = emptyIsUnset ? next(cursor) : first;
  const isPattern = operator === '#' || operator === '%';
  if (!isOperator(operator) || (emptyIsUnset && isPattern)) return undefined;
  return { operator, emptyIsUnset, word: cursor.readUntil(cursor, '}', isPattern) };
}

function isOperator(char: string): char is '-' | '+' | '?' | '#' | '%' {
  return char !== '' && '-+?#%'.includes(char);
}

/** `/pattern/replacement`, and `//pattern/replacement` for all occurrences. */
function readReplacement(cursor: Cursor): Modifier {
  const all = peek(cursor) === '/';
  if (all) next(cursor);
  const word = cursor.readUntil(cursor, '/', true);
  return {
    operator: all ? '//' : '/',
    emptyIsUnset: false,
    word,
    replacement: cursor.readUntil(cursor, '}', true),
  };
}

interface Modified {
  readonly name: string;
  readonly start: number;
  readonly modifier: Modifier;
}

function modified(cursor: Cursor, { name, start, modifier }: Modified): string {
  const value = cursor.mode.lookup(name);
  if (value === UNKNOWN) return cursor.text.slice(start, cursor.at);
  if (value === undefined && cursor.mode.keepUnset === 'always') return describe(name, modifier);
  const result = modify(value, modifier, cursor.mode.effort);
  return result === UNKNOWN ? cursor.text.slice(start, cursor.at) : (result ?? fail(cursor));
}

/** As BuildKit writes it back. */
function describe(name: string, { operator, emptyIsUnset, word, replacement }: Modifier): string {
  if (replacement !== undefined) return `\${${name}/${word}/${replacement}}`;
  return `\${${name}${emptyIsUnset ? ':' : ''}${operator}${word}}`;
}
