/** Cuts at blanks, as the Dockerfile parser does: a quoted or escaped blank does not cut. Quotes stay in the words. */
export function splitWords(text: string, escape: string): readonly string[] {
  if (!/["'\\`]/.test(text)) return text.split(/\s+/).filter((word) => word !== '');
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === escape && quote !== "'") {
      word += char + text.charAt(at + 1);
      at += 1;
    } else if (quote === '' && isBlank(char)) {
      if (word !== '') words.push(word);
      word = '';
    } else {
      quote = nextQuote(quote, char);
      word += char;
    }
  }
  if (word !== '') words.push(word);
  return words;
}

/** `"a b"` → `a b`. */
export function stripQuotes(word: string): string {
  return word.replace(/["']/g, '');
}

function isBlank(char: string): boolean {
  return char === ' ' || char === '\t' || char === '\n' || char === '\r' || char === '\v' || char === '\f';
}

function nextQuote(quote: string, char: string): string {
  if (char !== '"' && char !== "'") return quote;
  if (quote === '') return char;
  return quote === char ? '' : quote;
}

/** The flags that lead an instruction, `--name=value`, and the words after them. */
export function takeFlags(words: readonly string[]): {
  flags: readonly Flag[];
  operands: readonly string[];
} {
  const first = words.findIndex((word) => !word.startsWith('--') || word === '--');
  const count = first === -1 ? words.length : first;
  return { flags: words.slice(0, count).map(readFlag), operands: words.slice(count) };
}

export interface Flag {
  readonly name: string;
  readonly value: string;
}

function readFlag(word: string): Flag {
  const [, name = '', value = ''] = /^--([^=]*)=?([\s\S]*)$/.exec(stripQuotes(word)) ?? [];
  return { name: name.toLowerCase(), value };
}

/** `type=cache,target=/x` as a map; keys are lower case, a key without `=` is `true`. */
export function readMount(value: string): ReadonlyMap<string, string> {
  return new Map(
    value.split(',').map((part) => {
      const cut = part.indexOf('=');
      if (cut === -1) return [part.toLowerCase(), 'true'];
      return [part.slice(0, cut).toLowerCase(), part.slice(cut + 1)];
    }),
  );
}
