import type { RunResult } from '../domain/result.ts';
import { formatPosition } from '../errors.ts';
import { truncateWidth } from '../system/terminal/width.ts';
import { findFailures, type Failure } from './failures.ts';
import { escapeMarkdown, fence, joinParts } from './markdown-parts.ts';
import type { Escape } from './report-input.ts';

/** Readers do not need more; many failures mostly have one cause. */
const MOST_FAILURES = 10;
/** Longer lines are cut, as a line may have a megabyte. */
const LONGEST_LINE = 400;

/** Each failure with its cause, the last lines of its tool and how to fix it. */
export function renderMarkdownFailures(run: RunResult, redact: Escape): string {
  const failures = findFailures(run);
  const shown = failures.slice(0, MOST_FAILURES).map((failure) => renderFailure(failure, redact));
  const left = failures.slice(MOST_FAILURES).map(({ title }) => `- ✗ ${escapeMarkdown(redact(title))}`);
  return joinParts([...shown, left.join('\n')]);
}

function renderFailure(failure: Failure, redact: Escape): string {
  const escape: Escape = (text) => escapeMarkdown(redact(text));
  const { at, message, hint, code } = failure.problem;
  const place = at ? `**${escape(formatPosition(at))}** ` : '';
  const lines = failure.lastLines.map((line) => truncateWidth(redact(line), LONGEST_LINE));
  return joinParts([
    `### ✗ ${escape(failure.title)}`,
    `${place}${message.split('\n').map(escape).join('<br>')} <sub>${escape(code)}</sub>`,
    lines.length === 0 ? '' : fence(lines),
    hint === undefined ? '' : escape(hint),
    failure.tags.map((line) => `- ${escape(line)}`).join('\n'),
    failure.logs.length === 0 ? '' : `Full log: ${failure.logs.map(escape).join(', ')}`,
    failure.stopped.length === 0 ? '' : `Therefore not built: ${failure.stopped.map(escape).join(', ')}.`,
  ]);
}
