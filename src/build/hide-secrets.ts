import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plan } from '../domain/plan.ts';
import type { Credentials } from '../registry/credentials.ts';
import type { Env } from '../system/env.ts';
import type { Redactor } from '../system/terminal/redact.ts';

export interface HideSecretsOptions {
  readonly env: Env;
  /** The path of the checkout; secret files are relative to it. */
  readonly root: string;
  readonly redactor: Redactor;
  readonly logins: Credentials;
}

/** Hides build secrets and registry logins from all output, as a build step may print them. */
export async function hideSecrets(
  plan: Plan,
  { env, root, redactor, logins }: HideSecretsOptions,
): Promise<void> {
  // Reading the logins adds them to the redactor. ko and BuildKit read the same files; a broken file is reported when it is used.
  await logins.hosts().catch(() => []);
  for (const { env: name, file } of plan.images.flatMap(({ secrets }) => secrets)) {
    const value =
      file === undefined ? env[name ?? ''] : await readFile(join(root, file), 'utf8').catch(() => undefined);
    if (value !== undefined) redactor.add(value);
  }
}
