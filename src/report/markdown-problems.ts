import type { Problem } from '../domain/result.ts';
import { formatPosition } from '../errors.ts';
import { escapeMarkdown, joinParts, renderTable } from './markdown-parts.ts';
import { describeProblems } from './outcome.ts';

/** The summary of problems that stopped a run before it did anything; already redacted. */
export function renderProblemSummary(problems: readonly Problem[]): string {
  const rows = problems.map(({ code, message, at, hint }) => [
    at === undefined ? '' : `**${escapeMarkdown(formatPosition(at))}**`,
    [message, ...(hint === undefined ? [] : [hint])].map(escapeLines).join('<br>'),
    escapeMarkdown(code),
  ]);
  const table = renderTable([['where', 'problem, and what to do', 'code'], ...rows]);
  return `${joinParts([`### ✗ ${describeProblems(problems)}`, table])}\n`;
}

function escapeLines(text: string): string {
  return text.split('\n').map(escapeMarkdown).join('<br>');
}
