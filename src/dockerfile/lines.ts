import { splitWords, stripQuotes, takeFlags } from './words.ts';

/** One instruction with its continuations joined. `line` is where it starts, counted from one. */
export interface Instruction {
  readonly keyword: string;
  /** Empty where nothing in them matters: ENV, or a RUN without flags. */
  readonly words: readonly string[];
  readonly line: number;
  /** The words that open here-documents: `<<EOF`. Their bodies are not part of the instruction. */
  readonly heredocs: readonly string[];
}

export interface DockerfileLines {
  /** Parser directives by lower-case name: `escape`, `syntax`. */
  readonly directives: ReadonlyMap<string, { readonly value: string; readonly line: number }>;
  readonly escape: string;
  readonly instructions: readonly Instruction[];
}

const DIRECTIVE = /^#[ \t]*([A-Za-z][A-Za-z0-9]*)[ \t]*=[ \t]*(\S.*)$/;
const HEREDOC = /^\d*<<(-?)([^<]+)$/;
const INTERESTING = new Set(['FROM', 'ARG', 'COPY', 'ADD', 'ONBUILD']);
const HEREDOC_KEYWORDS = new Set(['RUN', 'COPY', 'ADD']);

/**
 * Reads a Dockerfile into instructions the way BuildKit's parser does (which kaniko shares), because a `FROM` inside a
 * here-document or after a comment in a continuation must not be taken for what it is not.
 * https://docs.docker.com/reference/dockerfile/#format
 */
export function readLines(text: string): DockerfileLines {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const { directives, next } = readDirectives(lines);
  const escape = directives.get('escape')?.value === '`' ? '`' : '\\';
  const instructions: Instruction[] = [];
  let at = next;
  while (at < lines.length) {
    const joined = joinContinuations(lines, at, escape);
    const instruction = readInstruction(joined.text, { line: at + 1, escape });
    at = joined.next;
    if (instruction === undefined) continue;
    instructions.push(instruction);
    for (const opening of instruction.heredocs) at = skipHeredoc(lines, at, opening);
  }
  return { directives, escape, instructions };
}

/** Directives stand before everything else; the first line that is none ends them. */
function readDirectives(lines: readonly string[]): {
  directives: Map<string, { value: string; line: number }>;
  next: number;
} {
  const directives = new Map<string, { value: string; line: number }>();
  for (let at = lines[0]?.startsWith('#!') ? 1 : 0; at < lines.length; at += 1) {
    const [, name, value = ''] = DIRECTIVE.exec((lines[at] ?? '').trim()) ?? [];
    if (name === undefined) return { directives, next: at };
    const key = name.toLowerCase();
    if (!directives.has(key)) directives.set(key, { value, line: at + 1 });
  }
  return { directives, next: lines.length };
}

/** Comments and empty lines inside a continuation vanish; a line that is one itself stands alone. */
function joinContinuations(
  lines: readonly string[],
  start: number,
  escape: string,
): { text: string; next: number } {
  const first = lines[start] ?? '';
  if (isComment(first)) return { text: '', next: start + 1 };
  const parts: string[] = [];
  let at = start;
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (at > start && (line.trim() === '' || isComment(line))) continue;
    const body = continued(line, escape);
    parts.push(body ?? line);
    if (body === undefined) break;
  }
  return { text: parts.join('').trim(), next: Math.min(at, lines.length - 1) + 1 };
}

function isComment(line: string): boolean {
  return line.trimStart().startsWith('#');
}

/** The line without its continuation mark; undefined where it has none. A doubled escape is not a mark. */
function continued(line: string, escape: string): string | undefined {
  const trimmed = line.trimEnd();
  if (!trimmed.endsWith(escape) || trimmed.at(-2) === escape) return undefined;
  return trimmed.slice(0, -1);
}

function readInstruction(
  text: string,
  { line, escape }: { line: number; escape: string },
): Instruction | undefined {
  if (text === '') return undefined;
  const blank = text.search(/\s/);
  const keyword = (blank === -1 ? text : text.slice(0, blank)).toUpperCase();
  const rest = blank === -1 ? '' : text.slice(blank).trimStart();
  const words = isOfInterest(keyword, rest) ? splitWords(rest, escape) : [];
  const instruction = unwrapTrigger(keyword, words);
  const heredocs = text.includes('<<') ? findHeredocs(instruction) : [];
  return { ...instruction, line, heredocs };
}

/** Most of a Dockerfile is commands that nobody here asks about: their words are not even cut. */
function isOfInterest(keyword: string, rest: string): boolean {
  return keyword === 'RUN' ? rest.startsWith('--') || rest.includes('<<') : INTERESTING.has(keyword);
}

/** An ONBUILD trigger runs in a later stage of this file or in a child: it is read as the instruction it holds. */
function unwrapTrigger(
  keyword: string,
  words: readonly string[],
): { keyword: string; words: readonly string[] } {
  const inner = (words[0] ?? '').toUpperCase();
  if (keyword !== 'ONBUILD' || inner === 'FROM') return { keyword, words };
  return { keyword: inner, words: words.slice(1) };
}

function findHeredocs({ keyword, words }: Pick<Instruction, 'keyword' | 'words'>): readonly string[] {
  if (!HEREDOC_KEYWORDS.has(keyword) || isJsonForm(words)) return [];
  return words.filter((word) => HEREDOC.test(word) && heredocName(word).name !== '');
}

/** `["cat", "x"]`; but `[ -f x ] && cat <<EOF` is a shell's. */
function isJsonForm(words: readonly string[]): boolean {
  const { operands } = takeFlags(words);
  if (!operands[0]?.startsWith('[')) return false;
  try {
    JSON.parse(operands.join(' '));
    return true;
  } catch {
    return false;
  }
}

function heredocName(opening: string): { name: string; indented: boolean } {
  const [, dash = '', name = ''] = HEREDOC.exec(opening) ?? [];
  return { name: stripQuotes(name), indented: dash !== '' };
}

/** An unterminated here-document runs to the end of the file: the builder will say so, with its own words. */
function skipHeredoc(lines: readonly string[], start: number, opening: string): number {
  const { name, indented } = heredocName(opening);
  for (let at = start; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if ((indented ? line.replace(/^\t+/, '') : line) === name) return at + 1;
  }
  return lines.length;
}
