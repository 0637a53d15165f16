import { trimEndOf, trimStart } from './blanks.ts';

export interface Directive {
  readonly value: string;
  readonly line: number;
}

const KNOWN = new Set(['syntax', 'escape', 'check']);
const AFTER_HASH = /^#[\t\n\f\r ]*([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=[\t\n\f\r ]*([^\n]+)$/;
const AFTER_SLASHES = /^\/\/[\t\n\f\r ]*([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=[\t\n\f\r ]*([^\n]+)$/;

/**
 * The parser's own directives, of which only `escape` matters to it. They stand before everything else; a comment, an
 * empty line and a directive that is not known end them. https://docs.docker.com/reference/dockerfile/#parser-directives
 */
export function readEscape(lines: readonly string[]): '\\' | '`' {
  const { escape } = readDirectives(lines.map(trimStart), AFTER_HASH);
  return escape?.value === '`' ? '`' : '\\';
}

/**
 * The image that BuildKit hands the file to. It is looked for more generously than `escape`: after a shebang, behind
 * `//`, and in a file that is one JSON object; but nothing may stand before the mark.
 */
export function readSyntax(lines: readonly string[]): Directive | undefined {
  const shebang = lines[0]?.startsWith('#!') === true ? 1 : 0;
  const rest = lines.slice(shebang);
  const found =
    readDirectives(rest, AFTER_HASH).syntax ?? readDirectives(rest, AFTER_SLASHES).syntax ?? readJson(rest);
  if (found === undefined) return undefined;
  return { value: found.value.split(' ')[0] ?? '', line: found.line + shebang };
}

function readDirectives(lines: readonly string[], form: RegExp): Readonly<Record<string, Directive>> {
  const directives: Record<string, Directive> = {};
  for (const [at, text] of lines.entries()) {
    const [, name = '', value = ''] = form.exec(text) ?? [];
    const key = name.toLowerCase();
    if (!KNOWN.has(key) || directives[key] !== undefined) break;
    directives[key] = { value: trimEndOf(value, '\t\n\f\r '), line: at + 1 };
  }
  return directives;
}

function readJson(lines: readonly string[]): Directive | undefined {
  if (
    lines
      .find((line) => line.trim() !== '')
      ?.trimStart()
      .startsWith('{') !== true
  )
    return undefined;
  try {
    const file: unknown = JSON.parse(lines.join('\n'));
    const value = typeof file === 'object' && file !== null && 'syntax' in file ? file.syntax : undefined;
    return typeof value === 'string' ? { value, line: 1 } : undefined;
  } catch {
    return undefined;
  }
}
