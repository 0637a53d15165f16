import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SecretRef } from '../domain/image.ts';
import type { PlanImage } from '../domain/plan.ts';
import { HephyError, HephyErrors } from '../errors.ts';
import type { Env } from '../system/env.ts';

export interface RequireSecretsOptions {
  readonly env: Env;
  /** The path of the checkout. */
  readonly root: string;
}

/** Checked before the first build: a step would get an empty secret, and fail far from the cause, or not at all. */
export async function requireSecrets(
  images: readonly PlanImage[],
  site: RequireSecretsOptions,
): Promise<void> {
  const all = images.flatMap((image) => image.secrets.map((secret) => ({ image, secret })));
  const found = await Promise.all(all.map(({ image, secret }) => findProblem(image, secret, site)));
  const problems = found.filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new HephyErrors(problems);
}

async function findProblem(
  { name, config }: PlanImage,
  { id, env, file }: SecretRef,
  site: RequireSecretsOptions,
): Promise<HephyError | undefined> {
  if (file === undefined) {
    const variable = env ?? id;
    // An empty value is allowed: a pull request from a fork gets no secrets.
    if (site.env[variable] !== undefined) return undefined;
    const message = `${name}: the secret "${id}" is read from ${variable}, which is not set`;
    return new HephyError('CONFIG_VARIABLE', message, {
      at: { file: config },
      hint: `Set it where the build runs: ${variable}=…; set it to an empty value if the build does not need it.`,
    });
  }
  const found = await stat(join(site.root, file)).catch(() => undefined);
  if (found?.isFile()) return undefined;
  const message = `${name}: the secret "${id}" is read from ${file}, which does not exist`;
  return new HephyError('CONFIG_PATH', message, {
    at: { file: config },
    hint: 'Write the file before the build: it is usually not in git. Its path is relative to the directory of the config.',
  });
}
