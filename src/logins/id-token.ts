import { readFile } from 'node:fs/promises';
import { HephyError } from '../errors.ts';
import { orAborted } from '../system/concurrency/or-aborted.ts';
import type { Env } from '../system/env.ts';
import { trustEverywhere } from '../system/http/http-route.ts';
import { callToolkit } from '../system/toolkit/call-toolkit.ts';
import { type LoginClient, onOneLine, refuse, requireSecure } from './ask.ts';

/** The variable for the token in `id_tokens` of a GitLab job. */
export const ID_TOKEN_VARIABLE = 'HEPHY_ID_TOKEN';

export interface IdTokenOptions {
  readonly platform: 'github' | 'gitlab' | 'local';
  readonly env: Env;
  readonly line: LoginClient;
}

/** The OpenID token of this job for an audience. */
export function fetchIdToken(audience: string, place: IdTokenOptions): Promise<string> {
  return place.platform === 'github' ? askGithub(audience, place) : readGitlab(audience, place);
}

/**
 * https://docs.github.com/actions/reference/security/oidc, with @actions/core. Its output (the mask, the address) is
 * dropped: the caller masks every secret, the same way on every platform.
 */
async function askGithub(audience: string, { env, line }: IdTokenOptions): Promise<string> {
  const address = env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '';
  const bearer = env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? '';
  if (address === '' || bearer === '') {
    throw new HephyError(
      'REGISTRY_LOGIN',
      'this job cannot prove its identity: GitHub gave it no OpenID token',
      {
        hint: 'Add `permissions: id-token: write` to the job, and to the job that calls its workflow if that is a reusable one. Pull requests from forks never get this permission.',
      },
    );
  }
  requireSecure('GitHub', address);
  await trustEverywhere(env);
  const { signal } = line.retries;
  const token = callToolkit({ env, write: () => undefined }, async () => {
    const core = await import(/* webpackMode: "eager" */ '@actions/core');
    return core.getIDToken(audience);
  });
  return orAborted(token, signal, 'the run was interrupted').catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw refuse('GitHub', onOneLine(message), 'Run the job again: its own token may have expired.');
  });
}

async function readGitlab(audience: string, { env }: IdTokenOptions): Promise<string> {
  const token = env[ID_TOKEN_VARIABLE]?.trim();
  if (token) return token;
  throw new HephyError(
    'REGISTRY_LOGIN',
    `this job cannot prove its identity: ${ID_TOKEN_VARIABLE} is empty`,
    {
      hint: `Give the job \`id_tokens: {${ID_TOKEN_VARIABLE}: {aud: "${audience}"}}\`.`,
    },
  );
}

/** Reads a token from a file, as Kubernetes provides it to pods. */
export async function readTokenFile(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new HephyError('REGISTRY_LOGIN', `${path}, set by AWS_WEB_IDENTITY_TOKEN_FILE, cannot be read`, {
      cause,
      hint: 'Make the file readable, or unset the variable.',
    });
  }
}
