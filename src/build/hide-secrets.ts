import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plan } from '../domain/plan.ts';
import type { Credentials } from '../registry/credentials.ts';
import type { Env } from '../system/env.ts';
import type { Redactor } from '../system/terminal/redact.ts';

export interface HideSecretsOptions {
  readonly env: Env;
  /** Of the checkout: secret files are named from there. */
  readonly root: string;
  readonly redactor: Redactor;
  readonly logins: Credentials;
}

/** What a build step is given as a secret, and prints all the same, shows nowhere; nor do the logins of registries. */
export async function hideSecrets(
  plan: Plan,
  { env, root, redactor, logins }: HideSecretsOptions,
): Promise<void> {
  // To read them is to make the redactor know them: ko and BuildKit read the same files. Broken ones are told of when needed.
  await logins.hosts().catch(() => []);
  for (const { env: name, file } of plan.images.flatMap(({ secrets }) => secrets)) {
    const value =
      file === undefined ? env[name ?? ''] : await readFile(join(root, file), 'utf8').catch(() => undefined);
    if (value !== undefined) redactor.add(value);
  }
}
