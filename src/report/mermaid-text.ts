import { showControls } from '../system/terminal/text.ts';
import { truncateWidth } from '../system/terminal/width.ts';

/** A longer label is not readable, and each escaped character may take eight characters. */
const LONGEST = 60;

/** https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters */
export function escapeLabel(text: string): string {
  const shown = truncateWidth(showControls(text), LONGEST);
  return shown.replace(/[^\p{L}\p{N} ._/-]/gu, (char) => `#${char.codePointAt(0)};`);
}
