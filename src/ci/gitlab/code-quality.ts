import { createHash } from 'node:crypto';
import type { HephyError } from '../../errors.ts';

/** https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format; what has no file has no place in it. */
export function renderCodeQuality(problems: readonly HephyError[]): string {
  const findings = problems.flatMap(({ at, code, message }) => {
    if (at === undefined) return [];
    const fingerprint = createHash('sha256')
      .update(JSON.stringify([at, code, message]))
      .digest('hex');
    return {
      description: message,
      check_name: code,
      fingerprint,
      severity: 'blocker',
      location: { path: at.file, lines: { begin: at.line ?? 1 } },
    };
  });
  return `${JSON.stringify(findings, null, 2)}\n`;
}
