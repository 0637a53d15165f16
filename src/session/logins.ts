import type { Ci } from '../ci/ci.ts';
import { openLogins, type OpenLogins } from '../logins/open-logins.ts';
import { parseRepository } from '../registry/reference.ts';
import { createHttp } from '../system/http/http.ts';
import { DEFAULT_POLICY, realPace } from '../system/http/retry.ts';
import type { Redactor } from '../system/terminal/redact.ts';
import type { RunContext } from './run-context.ts';
import type { Invoked } from './invoked.ts';

export interface LoginNeed {
  readonly runContext: Pick<RunContext, 'settings' | 'ci'>;
  /** The run pushes: without a login it ends here. */
  readonly required: boolean;
}

/** Runs `work` with the registry's login in a Docker config, which tools read too. The login is deleted afterwards. */
export async function withLogins<T>(
  invoked: Invoked,
  need: LoginNeed,
  work: (loggedIn: Invoked) => Promise<T>,
): Promise<T> {
  const logins = await logIn(invoked, need);
  try {
    return await work(logins ? { ...invoked, env: logins.env } : invoked);
  } finally {
    await logins?.close();
  }
}

async function logIn(
  invoked: Invoked,
  { runContext: { settings, ci }, required }: LoginNeed,
): Promise<OpenLogins | undefined> {
  if (settings.registry === undefined) return undefined;
  const { env, signal, output, redactor } = invoked;
  const http = createHttp(env);
  try {
    const logins = await openLogins({
      host: parseRepository(settings.registry).host,
      platform: ci.id,
      settings: settings.login,
      password: readSecret(ci.input('registry-password') ?? env['HEPHY_REGISTRY_PASSWORD']),
      token: ci.input('token') ?? env['GITHUB_TOKEN'],
      env,
      line: { http, retries: { policy: DEFAULT_POLICY, pace: realPace, signal } },
      required,
      onSecret: (secret) => hideSecret(secret, { ci, redactor }),
      warn: output.warn,
    });
    // The connections stay open until the end, because logins are renewed.
    return { ...logins, close: () => logins.close().finally(() => http.close()) };
  } catch (error) {
    http.close();
    throw error;
  }
}

/** Secrets are often pasted with a newline at the end. */
function readSecret(text: string | undefined): string | undefined {
  return text?.replace(/[\r\n]+$/, '') || undefined;
}

/**
 * A secret that is hidden already came from the job, so the platform hides it too. The mask is written first: after that the
 * redactor would hide the secret in it.
 */
function hideSecret(secret: string, { ci, redactor }: { ci: Ci; redactor: Redactor }): void {
  const isNew = redactor.redact(secret) === secret;
  if (isNew) ci.mask(secret);
  redactor.add(secret);
}
