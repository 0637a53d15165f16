import { showControls } from '../system/terminal/text.ts';

/** Escapes names, paths and messages of users, so that they form no markup, mention or table cell. */
export function escapeMarkdown(text: string): string {
  return showControls(text).replace(/[&<>"'`|*_~[\]\\#@$]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** GitHub drops a summary of more than a megabyte, so long tables are cut. */
const MOST_ROWS = 500;

/** Renders a table; the first row is the header. */
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

/** A code block whose fence is longer than any sequence of backticks inside. */
export function fence(lines: readonly string[], language = 'text'): string {
  const runs = lines.join('\n').match(/`+/g) ?? [];
  const ticks = '`'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return [`${ticks}${language}`, ...lines, ticks].join('\n');
}

export function joinParts(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}
