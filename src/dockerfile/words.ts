import { isSpace, trimStart } from './blanks.ts';

export interface Flag {
  readonly name: string;
  /** Undefined where no `=` stands. */
  readonly value: string | undefined;
}

/** Cuts at blanks that are neither quoted nor escaped. Quotes and escapes stay in the words. */
export function splitWords(text: string, escape: string): readonly string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    let char = text.charAt(at);
    if (quote === '' && isSpace(char)) {
      if (word !== '') words.push(word);
      word = '';
      continue;
    }
    quote = nextQuote(quote, char);
    if (char === escape && quote !== "'") {
      at += 1;
      // An escape at the end escapes nothing.
      if (at === text.length) break;
      char += text.charAt(at);
    }
    word += char;
  }
  if (word !== '') words.push(word);
  return words;
}

function nextQuote(quote: string, char: string): string {
  if (char !== '"' && char !== "'") return quote;
  if (quote === '') return char;
  return quote === char ? '' : quote;
}

/** The flags that lead an instruction, without their quotes and escapes, and what stands behind them. */
export function takeFlags(text: string, escape: string): { flags: readonly Flag[]; rest: string } {
  if (!/^[\t-\r ]*--/.test(text)) return { flags: [], rest: text };
  // BuildKit goes through the flags byte by byte, and takes the last byte of an `à` for a blank.
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  const flags: Flag[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (isSpace(bytes.charAt(at))) {
      at += 1;
    } else {
      if (!bytes.startsWith('--', at)) break;
      const { word, end } = readFlagWord(bytes, at, escape);
      at = end;
      if (word === '--') break;
      flags.push(readFlag(word));
    }
  }
  return { flags, rest: Buffer.from(bytes.slice(at), 'latin1').toString('utf8') };
}

function readFlagWord(text: string, start: number, escape: string): { word: string; end: number } {
  let word = '';
  let quote = '';
  let at = start;
  for (; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (quote === '' && isSpace(char)) break;
    const next = nextQuote(quote, char);
    if (next !== quote) {
      quote = next;
      continue;
    }
    if (char === escape) at += 1;
    word += text.charAt(at);
  }
  return { word, end: Math.min(at, text.length) };
}

function readFlag(word: string): Flag {
  return cutAtEquals(word.slice(2));
}

/** `NAME=value`; without a `=` there is no value. */
export function cutAtEquals(word: string): Flag {
  const cut = word.indexOf('=');
  if (cut === -1) return { name: word, value: undefined };
  return { name: word.slice(0, cut), value: word.slice(cut + 1) };
}

/** The last value of a flag, as far as it has one. */
export function flagValue(flags: readonly Flag[], name: string): string | undefined {
  return flags.findLast((flag) => flag.name === name)?.value;
}

/** `["a", "b"]`; undefined where the text is no list of strings. */
export function readJsonList(text: string): readonly string[] | undefined {
  if (!trimStart(text).startsWith('[')) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((item) => typeof item === 'string') ? list : undefined;
  } catch {
    return undefined;
  }
}

/** `type=cache,target=/x` as a map: keys are lower case, and a key without `=` is `true`. A field may be quoted. */
export function readMount(value: string): ReadonlyMap<string, string> {
  const fields = value.includes('"') ? splitQuoted(value) : value.split(',');
  return new Map(
    fields.map((field) => {
      const { name, value: given = 'true' } = cutAtEquals(field);
      return [name.toLowerCase(), given];
    }),
  );
}

function splitQuoted(value: string): readonly string[] {
  return [...value.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}
