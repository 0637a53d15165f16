import { showControls } from '../system/terminal/text.ts';

/** Names, paths and messages are others' text: it shows as it is written, and forms no markup, mention or table cell. */
export function escapeMarkdown(text: string): string {
  return showControls(text).replace(/[&<>"'`|*_~[\]\\#@$]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** GitHub drops a summary of more than a megabyte, so a table ends before it could be one. */
const MOST_ROWS = 500;

/** The first row is the head. */
export function renderTable([head = [], ...body]: readonly (readonly string[])[]): string {
  const rows = body.slice(0, MOST_ROWS).map(renderRow);
  const rule = `|${' --- |'.repeat(head.length)}`;
  const more = body.length > MOST_ROWS ? [renderRow([`… and ${body.length - MOST_ROWS} more`])] : [];
  return [renderRow(head), rule, ...rows, ...more].join('\n');
}

function renderRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

export function fold(title: string, body: string): string {
  return body === '' ? '' : `<details>\n<summary>${title}</summary>\n\n${body}\n\n</details>`;
}

/** Longer than any run of backticks inside. */
export function fence(lines: readonly string[], language = 'text'): string {
  const runs = lines.join('\n').match(/`+/g) ?? [];
  const ticks = '`'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return [`${ticks}${language}`, ...lines, ticks].join('\n');
}

export function joinParts(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}
