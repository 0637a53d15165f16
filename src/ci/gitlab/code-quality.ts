import { createHash } from 'node:crypto';
import type { Problem } from '../../domain/result.ts';

/**
 * https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format; it lists only problems
 * with a file. The fingerprint leaves out the line and the output below the message, so a problem that moved is not new.
 */
export function renderCodeQuality(problems: readonly Problem[]): string {
  const seen = new Map<string, number>();
  const findings = problems.flatMap(({ at, code, message, hint }) => {
    if (at === undefined) return [];
    const same = JSON.stringify([at.file, code, message.split('\n')[0]]);
    const before = seen.get(same) ?? 0;
    seen.set(same, before + 1);
    return {
      description: hint === undefined ? message : `${message}\n${hint}`,
      check_name: code,
      fingerprint: createHash('sha256')
        .update(`${same}${before || ''}`)
        .digest('hex'),
      severity: 'blocker',
      location: { path: at.file.replace(/^(\.\/)+/, ''), lines: { begin: at.line ?? 1 } },
    };
  });
  return `${JSON.stringify(findings, null, 2)}\n`;
}
