/** Pieces of literal text and single wildcards, between the stars. */
type Segment = readonly (string | typeof ANY)[];
export type Pattern = readonly Segment[];
const ANY = Symbol('?');

/** `*` and `?` are wildcards, a backslash escapes; undefined where it escapes anything else, which BuildKit refuses. */
export function readPattern(text: string): Pattern | undefined {
  const segments: (string | typeof ANY)[][] = [[]];
  for (const piece of splitPieces(text)) {
    if (piece === '*') segments.push([]);
    else if (piece === '?') segments.at(-1)?.push(ANY);
    else if (piece.startsWith('\\') && !/^\\[*?\\}/]$/.test(piece)) return undefined;
    else segments.at(-1)?.push(piece.replace(/^\\/, ''));
  }
  return segments;
}

/** Characters, each with the backslash that escapes it. */
function splitPieces(text: string): readonly string[] {
  return text.match(/\\[\s\S]|[\s\S]/gu) ?? [];
}

/** The pattern backwards; an escape stays before what it escapes. */
export function reversePattern(text: string): string {
  return [...splitPieces(text)].reverse().join('');
}

/** Without the beginning that matches, the longest or the shortest one. */
export function trimPrefix(
  value: string,
  pattern: Pattern | undefined,
  longest: boolean,
): string | undefined {
  if (pattern === undefined) return undefined;
  const chars = [...value];
  const end = matchAt(chars, pattern, { start: 0, longest });
  return end === undefined ? value : chars.slice(end).join('');
}

interface Replacing {
  readonly replacement: string;
  readonly all: boolean;
}

/** As Go's regular expressions replace: the longest match at the first place, and for all, `$1` is an empty group. */
export function replacePattern(value: string, pattern: Pattern, { replacement, all }: Replacing): string {
  const chars = [...value];
  const put = all ? expandTemplate(replacement) : replacement;
  const parts: string[] = [];
  let copied = 0;
  for (const { start, end } of listMatches(chars, pattern, all)) {
    parts.push(chars.slice(copied, start).join(''), put);
    copied = end;
  }
  return parts.join('') + chars.slice(copied).join('');
}

interface Match {
  readonly start: number;
  readonly end: number;
}

/** From left to right. An empty match that touches the one before is none. */
function listMatches(chars: readonly string[], pattern: Pattern, all: boolean): readonly Match[] {
  const matches: Match[] = [];
  let start = 0;
  while (start <= chars.length && (all || matches.length === 0)) {
    const end = matchAt(chars, pattern, { start, longest: true });
    const found = end !== undefined && (end > start || matches.at(-1)?.end !== start);
    if (found) matches.push({ start, end });
    start = found && end > start ? end : start + 1;
  }
  return matches;
}

function expandTemplate(template: string): string {
  return template.replace(/\$(\$|\{[\p{L}\p{Nd}_]+\}|[\p{L}\p{Nd}_]+)/gu, (found) =>
    found === '$$' ? '$' : '',
  );
}

interface Place {
  readonly start: number;
  readonly longest: boolean;
}

/** Where a match that begins here ends. Each piece is taken at its first place; the last one at its last for the longest. */
function matchAt(chars: readonly string[], pattern: Pattern, { start, longest }: Place): number | undefined {
  const [first = [], ...rest] = pattern;
  if (!standsAt(chars, first, start)) return undefined;
  let end = start + first.length;
  for (const [index, segment] of rest.entries()) {
    const last = index === rest.length - 1;
    const found = last && longest ? findLast(chars, segment, end) : findFirst(chars, segment, end);
    if (found === undefined) return undefined;
    end = found + segment.length;
  }
  return end;
}

function findFirst(chars: readonly string[], segment: Segment, from: number): number | undefined {
  for (let at = from; at + segment.length <= chars.length; at += 1) {
    if (standsAt(chars, segment, at)) return at;
  }
  return undefined;
}

function findLast(chars: readonly string[], segment: Segment, from: number): number | undefined {
  for (let at = chars.length - segment.length; at >= from; at -= 1) {
    if (standsAt(chars, segment, at)) return at;
  }
  return undefined;
}

function standsAt(chars: readonly string[], segment: Segment, at: number): boolean {
  if (at + segment.length > chars.length) return false;
  return segment.every((piece, index) => piece === ANY || piece === chars[at + index]);
}
