import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Env } from '../system/env.ts';
import { type GitSetting, keepConnections, keepValues, listSettings } from './repository-settings.ts';
import { areSettingsVouched, isVouched } from './vouched.ts';

export interface ConnectionInput {
  readonly cwd: string;
  readonly env: Env;
  readonly signal?: AbortSignal | undefined;
}

/** The settings of the checkout for network access: a login that the CI platform stored there, `insteadOf`, a proxy. */
export async function readConnections(question: ConnectionInput): Promise<readonly GitSetting[]> {
  const { cwd, env } = question;
  const { repository } = await listSettings({ ...question, trusted: isVouched(cwd, env) });
  // Without `.git`, the directory may be a bare repository that is committed in the checkout: not trusted.
  const vouched =
    existsSync(join(cwd, '.git')) && areSettingsVouched({ root: cwd, gitDir: join(cwd, '.git') }, env);
  return keepConnections(keepValues(repository, vouched));
}
