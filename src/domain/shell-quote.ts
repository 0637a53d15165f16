import { expandVariable, splitVariables } from './expand.ts';

/** Means the same in every shell as it does here, and is no assignment. */
const PLAIN = /^(?![A-Za-z_][A-Za-z0-9_]*=)[A-Za-z0-9_./:,@%+=-]+$/;

/**
 * The one place where a value becomes a word of a POSIX shell. Nothing in single quotes means anything to it, the
 * newline included. A text with a NUL cannot be a word, nor an argument of any program.
 */
export function quoteWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * The same for a text with `${VAR}` in it, as `expandVariables` reads it: `known` values are filled in, the shell fills
 * in the others from the environment of the job.
 */
export function quoteTemplate(
  text: string,
  known: Readonly<Record<string, string | undefined>> = {},
): string {
  const words = splitVariables(text).map((part) => {
    if (typeof part === 'string') return part === '' ? '' : quoteWord(part);
    const value = expandVariable(part, known);
    if (value !== undefined && Object.hasOwn(known, part.name)) return value === '' ? '' : quoteWord(value);
    return part.fallback === undefined
      ? `"\${${part.name}}"`
      : `"\${${part.name}:-${escapeFallback(part.fallback)}}"`;
  });
  return words.join('') || "''";
}

/** Between double quotes four characters mean something. */
function escapeFallback(text: string): string {
  return text.replace(/[\\"$`]/g, '\\$&');
}
