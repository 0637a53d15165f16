import { UNKNOWN, type Effort, type Value } from './shell-cursor.ts';
import { readPattern, replacePattern, reversePattern, trimPrefix } from './shell-patterns.ts';

export interface Modifier {
  readonly operator: '-' | '+' | '?' | '#' | '%' | '/' | '//';
  /** A colon stands before the operator. */
  readonly emptyIsUnset: boolean;
  readonly word: string;
  readonly replacement?: string;
}

/** What a variable of this value becomes; undefined where BuildKit stops with an error, unknown beyond what is done here. */
export function modify(value: string | undefined, modifier: Modifier, effort: Effort): Value {
  const { operator, emptyIsUnset, word } = modifier;
  const set = value !== undefined && !(emptyIsUnset && value === '') ? value : undefined;
  if (operator === '-') return set ?? word;
  if (operator === '+') return set === undefined ? '' : word;
  if (operator === '?') return set;
  return modifyByPattern(value ?? '', modifier, effort);
}

function modifyByPattern(value: string, modifier: Modifier, effort: Effort): Value {
  const { operator, word, replacement } = modifier;
  const places = replacement === undefined ? 1 : value.length + 1;
  effort.left -= places * (value.length + word.length + 1);
  // A value that holds a variable is not known yet, and newlines are not matched by wildcards.
  if (effort.left < 0 || /[\n$]/.test(value + word)) return UNKNOWN;
  if (replacement !== undefined) {
    const pattern = readPattern(word);
    return pattern && replacePattern(value, pattern, { replacement, all: operator === '//' });
  }
  const longest = word.startsWith(operator);
  const shape = longest ? word.slice(1) : word;
  if (operator === '#') return trimPrefix(value, readPattern(shape), longest);
  // As BuildKit has it: the shortest end is the shortest beginning of the same text backwards.
  const trimmed = trimPrefix(reverse(value), readPattern(reversePattern(shape)), longest);
  return trimmed && reverse(trimmed);
}

function reverse(text: string): string {
  return [...text].reverse().join('');
}
