import { displayWidth, padWidth } from '../system/terminal/width.ts';

/** Rows of cells as aligned lines, two spaces between columns. A cell may hold several lines. */
export function renderTable(rows: readonly (readonly string[])[], indent = ''): string[] {
  const cells = rows.map((row) => row.map((cell) => cell.split('\n')));
  const widths: number[] = [];
  for (const row of cells) {
    for (const [at, lines] of row.entries()) {
      widths[at] = Math.max(widths[at] ?? 0, ...lines.map(displayWidth));
    }
  }
  return cells.flatMap((row) => renderRow(row, widths)).map((line) => (indent + line).trimEnd());
}

function renderRow(row: readonly (readonly string[])[], widths: readonly number[]): string[] {
  const height = Math.max(1, ...row.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    row.map((lines, at) => padWidth(lines[line] ?? '', widths[at] ?? 0)).join('  '),
  );
}

export function tableWidth(lines: readonly string[]): number {
  return lines.reduce((most, line) => Math.max(most, displayWidth(line)), 0);
}
