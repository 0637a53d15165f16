import { showControls } from '../../system/terminal/text.ts';
import type { Escape } from '../report-input.ts';

/** Markup from our own templates. Any other text is escaped. */
export interface Html {
  readonly markup: string;
}

export type Part = Html | readonly Html[] | string | number;

export type Tag = (strings: TemplateStringsArray, ...parts: readonly Part[]) => Html;

/** A template tag: values are always redacted and escaped, so that no caller can forget it. */
export function openHtml(redact: Escape): Tag {
  function fill(part: Part): string {
    if (typeof part === 'string') return escapeHtml(redact(part));
    if (typeof part === 'number') return String(Math.round(part * 100) / 100);
    return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('');
  }
  return (strings, ...parts) => ({
    markup: strings.map((text, at) => dropIndent(text) + fill(parts[at] ?? '')).join(''),
  });
}

/** Removes the indentation of the source code, which would make a page with hundreds of rows larger. */
function dropIndent(text: string): string {
  return text.replace(/\s*\n\s*/g, '\n');
}

export const NOTHING: Html = { markup: '' };

/** Keeps line breaks, because the last lines of a log are one text. */
export function escapeHtml(text: string): string {
  const shown = text.split('\n').map(showControls).join('\n');
  return shown.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
