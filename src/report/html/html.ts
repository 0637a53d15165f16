import { showControls } from '../../system/terminal/text.ts';
import type { Escape } from '../report-input.ts';

/** Markup that was made here. All else is text of others, and is shown as it is written. */
export interface Html {
  readonly markup: string;
}

export type Part = Html | readonly Html[] | string | number;

export type Tag = (strings: TemplateStringsArray, ...parts: readonly Part[]) => Html;

/** Writes markup: what is filled in is redacted and escaped, so that nobody can forget to. */
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

/** The source is set in for those who read it; a page of hundreds of rows need not carry that. */
function dropIndent(text: string): string {
  return text.replace(/\s*\n\s*/g, '\n');
}

export const NOTHING: Html = { markup: '' };

/** Lines stay lines: the last of a log are one text. */
export function escapeHtml(text: string): string {
  const shown = text.split('\n').map(showControls).join('\n');
  return shown.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
