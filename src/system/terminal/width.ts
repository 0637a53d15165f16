const COLOURS = /\x1b\[[\d;:]*m/g;
/** Characters without a width: combining marks, joiners, variation selectors. */
const JOINS = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const EMOJI = /^\p{Emoji_Presentation}$/u;

/** https://www.unicode.org/reports/tr11/: blocks whose characters are two columns wide, as first and last. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1b000, 0x1b2ff],
  [0x1f200, 0x1f2ff],
  [0x20000, 0x3fffd],
];

/** The number of terminal columns of the text. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const char of text.replace(COLOURS, '')) width += charWidth(char);
  return width;
}

/** Truncates the text with `…` to at most `columns`. Truncated text loses its colours. */
export function truncateWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = '';
  let room = columns - 1;
  for (const char of text.replace(COLOURS, '')) {
    room -= charWidth(char);
    if (room < 0) break;
    kept += char;
  }
  return columns > 0 ? `${kept}…` : '';
}

export function padWidth(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
}

function charWidth(char: string): number {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (JOINS.test(char)) return 0;
  return EMOJI.test(char) || WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}
