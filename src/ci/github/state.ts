import { appendFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import type { Env } from '../../system/env.ts';
import { presentText } from '../event-fields.ts';
import { writeReport } from '../write-report.ts';
import { renderOutput } from './commands.ts';

/**
 * What a step's main part leaves for its post part, which is the same program started anew, and also after a failure.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#sending-values-to-the-pre-and-post-actions
 */
export function saveState(env: Env, name: string, value: string): void {
  const path = presentText(env['GITHUB_STATE']);
  if (path !== null) writeReport(appendFileSync, path, renderOutput(name, value, `hephy_${randomUUID()}`));
}

export function readState(env: Env, name: string): string | null {
  return presentText(env[`STATE_${name}`]);
}
