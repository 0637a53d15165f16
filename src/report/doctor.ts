import { showControls } from '../system/terminal/text.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** The result of one check. `missing` is fine if nothing here needs the tool; `problem` is always an error. */
export interface Finding {
  readonly name: string;
  readonly status: 'found' | 'missing' | 'problem';
  readonly version: string | null;
  readonly path: string | null;
  /** How to fix the problem, or what the tool is needed for. */
  readonly hint: string | null;
}

const MARKS = { found: '✓', missing: '·', problem: '✗' } as const;

/** `hephy doctor`: the tools found with version and path, and the missing tools with how to install them. */
export function renderDoctor(findings: readonly Finding[], style: Style): string {
  const paint = { found: style.green, missing: style.dim, problem: style.red };
  const rows = findings.map(({ name, status, version, path, hint }) => [
    `${paint[status](MARKS[status])} ${showControls(name)}`,
    showControls(version ?? (status === 'found' ? '–' : status)),
    showControls([path, hint].filter((part) => part !== null && part !== '').join('  ')),
  ]);
  return renderTable(rows).join('\n');
}
