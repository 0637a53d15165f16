import { showControls } from '../system/terminal/text.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** One thing that was looked for. `missing` is no fault where nothing here needs it; `problem` is one in any case. */
export interface Finding {
  readonly name: string;
  readonly status: 'found' | 'missing' | 'problem';
  readonly version: string | null;
  readonly path: string | null;
  /** What to do about it, or what it is for. */
  readonly hint: string | null;
}

const MARKS = { found: '✓', missing: '·', problem: '✗' } as const;

/** `hephy doctor`: what is here, in which version and where; what is not, and how to get it. */
export function renderDoctor(findings: readonly Finding[], style: Style): string {
  const paint = { found: style.green, missing: style.dim, problem: style.red };
  const rows = findings.map(({ name, status, version, path, hint }) => [
    `${paint[status](MARKS[status])} ${showControls(name)}`,
    showControls(version ?? (status === 'found' ? '–' : status)),
    showControls([path, hint].filter((part) => part !== null && part !== '').join('  ')),
  ]);
  return renderTable(rows).join('\n');
}
