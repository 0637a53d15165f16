import { isSpace, trimEndOf, trimStart } from './blanks.ts';
import { readEscape, readSyntax, type Directive } from './directives.ts';
import type { Heredoc } from './heredocs.ts';
import { readInstruction, type Instruction } from './instruction.ts';

export interface DockerfileLines {
  readonly syntax: Directive | undefined;
  readonly escape: '\\' | '`';
  readonly instructions: readonly Instruction[];
}

/**
 * Reads a Dockerfile into instructions the way BuildKit's parser does (which kaniko shares), because a `FROM` inside a
 * here-document or after a comment in a continuation must not be taken for what it is not.
 * https://docs.docker.com/reference/dockerfile/#format
 */
export function readLines(text: string): DockerfileLines {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line) => trimEndOf(line, '\r'));
  const escape = readEscape(lines);
  const instructions: Instruction[] = [];
  let at = 0;
  while (at < lines.length) {
    const joined = joinContinuations(lines, at, escape);
    const instruction =
      joined.text === '' ? undefined : readInstruction(joined.text, { line: at + 1, escape });
    at = joined.next;
    if (instruction === undefined) continue;
    instructions.push(instruction);
    for (const heredoc of instruction.heredocs) at = skipHeredoc(lines, at, heredoc);
  }
  return { syntax: readSyntax(lines), escape, instructions };
}

/** Comments and empty lines inside a continuation vanish; a line that is one itself stands alone. */
function joinContinuations(
  lines: readonly string[],
  start: number,
  escape: string,
): { text: string; next: number } {
  const first = trimStart(lines[start] ?? '');
  if (first.startsWith('#')) return { text: '', next: start + 1 };
  let body = withoutContinuation(first, escape);
  if (body === undefined) return { text: first, next: start + 1 };
  const parts = [body];
  let at = start + 1;
  for (; at < lines.length && body !== undefined; at += 1) {
    const line = lines[at] ?? '';
    if (isBlankOrComment(line)) continue;
    body = withoutContinuation(line, escape);
    parts.push(body ?? line);
  }
  return { text: parts.join(''), next: at };
}

function isBlankOrComment(line: string): boolean {
  let at = 0;
  while (at < line.length && isSpace(line.charAt(at))) at += 1;
  return at === line.length || line.charAt(at) === '#';
}

/** Undefined where the line does not continue. Only blanks and tabs may stand behind the mark, and a doubled one is none. */
function withoutContinuation(line: string, escape: string): string | undefined {
  const trimmed = trimEndOf(line, ' \t');
  if (!trimmed.endsWith(escape) || trimmed.at(-2) === escape) return undefined;
  return trimmed.slice(0, -1);
}

/** A here-document without an end takes the rest of the file: the builder will say so, in its own words. */
function skipHeredoc(lines: readonly string[], start: number, { name, indented }: Heredoc): number {
  for (let at = start; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if ((indented ? line.replace(/^\t+/, '') : line) === name) return at + 1;
  }
  return lines.length;
}
