export interface Challenge {
  /** In lowercase: `bearer`, `basic`. */
  readonly scheme: string;
  readonly params: Readonly<Record<string, string>>;
}

const TOKEN = /[!#$%&'*+.^`|~\w-]+/y;
const PARAM = /[ \t]*([!#$%&'*+.^`|~\w-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s",]*))/y;

/**
 * https://www.rfc-editor.org/rfc/rfc9110#name-www-authenticate: one header may have several challenges, with commas
 * between them and between their parameters. Parsing stops at the first syntax error and keeps what came before.
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: Challenge[] = [];
  let at = 0;
  while (at < header.length) {
    at = skipCommas(header, at);
    const scheme = matchAt(TOKEN, header, at);
    if (!scheme) break;
    const params: Record<string, string> = {};
    at = readParams(header, at + scheme[0].length, params);
    challenges.push({ scheme: scheme[0].toLowerCase(), params });
  }
  return challenges;
}

function readParams(header: string, start: number, params: Record<string, string>): number {
  let at = start;
  for (;;) {
    const match = matchAt(PARAM, header, skipCommas(header, at));
    if (!match) return at;
    const [whole, name = '', quoted, plain] = match;
    params[name.toLowerCase()] = quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '';
    at = skipCommas(header, at) + whole.length;
  }
}

function skipCommas(text: string, start: number): number {
  let at = start;
  while (at < text.length && ' \t,'.includes(text.charAt(at))) at += 1;
  return at;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
