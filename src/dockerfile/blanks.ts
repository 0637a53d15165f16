/** What Go's unicode.IsSpace accepts. JavaScript's `\s` has U+FEFF as well, and lacks U+0085. */
const SPACE = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

export function isSpace(char: string): boolean {
  return SPACE.test(char);
}

export function trimStart(text: string): string {
  let start = 0;
  while (start < text.length && isSpace(text.charAt(start))) start += 1;
  return text.slice(start);
}

export function trim(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text.charAt(end - 1))) end -= 1;
  return trimStart(text.slice(0, end));
}

/** A loop, because a regular expression that ends in `$` tries again at each of the characters that it removes. */
export function trimEndOf(text: string, chars: string): string {
  let end = text.length;
  while (end > 0 && chars.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** What separates the words of an instruction. A newline cannot occur, and a no-break space is part of a word. */
const BLANKS = /[\t\v\f\r ]+/;

export function splitAtBlanks(text: string): readonly string[] {
  return text.split(BLANKS);
}

/** The first word, and what stands after the blanks that end it. */
export function cutAtBlanks(text: string): readonly [string, string | undefined] {
  const found = BLANKS.exec(text);
  if (found === null) return [text, undefined];
  return [text.slice(0, found.index), text.slice(found.index + found[0].length)];
}
