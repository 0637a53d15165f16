import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { HephyError } from '../errors.ts';
import { parseAs } from '../registry/schema.ts';
import type { Env } from '../system/env.ts';
import { ask, type Line, readComplaint, refuse } from './ask.ts';

/** On GitLab the variable that `id_tokens` fills. */
export const ID_TOKEN_VARIABLE = 'HEPHY_ID_TOKEN';

const Answer = z.object({ value: z.string().min(1) });

export interface TokenPlace {
  readonly platform: 'github' | 'gitlab' | 'local';
  readonly env: Env;
  readonly line: Line;
}

/** The OpenID token of this job, for whoever is named as its audience. */
export function fetchIdToken(audience: string, place: TokenPlace): Promise<string> {
  return place.platform === 'github' ? askGithub(audience, place) : readGitlab(audience, place);
}

/** https://docs.github.com/actions/reference/security/oidc */
async function askGithub(audience: string, { env, line }: TokenPlace): Promise<string> {
  const address = env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '';
  const bearer = env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? '';
  if (address === '' || bearer === '') {
    throw new HephyError(
      'REGISTRY_LOGIN',
      'this job may not prove who it is: GitHub gave it no OpenID token',
      {
        hint: 'Add `permissions: id-token: write` to the job, and to the one that calls its workflow. Pull requests from forks never have it.',
      },
    );
  }
  const separator = address.includes('?') ? '&' : '?';
  const url = `${address}${separator}audience=${encodeURIComponent(audience)}`;
  const headers = { authorization: `Bearer ${bearer}` };
  const response = await ask({ who: 'GitHub', method: 'GET', url, headers }, line);
  const token = response.status === 200 ? parseAs(Answer, response.body)?.value : undefined;
  if (token !== undefined) return token;
  throw refuse('GitHub', readComplaint(response), 'Run the job again: its own token may have ended.');
}

async function readGitlab(audience: string, { env }: TokenPlace): Promise<string> {
  const token = env[ID_TOKEN_VARIABLE]?.trim();
  if (token) return token;
  throw new HephyError('REGISTRY_LOGIN', `this job may not prove who it is: ${ID_TOKEN_VARIABLE} is empty`, {
    hint: `Give the job \`id_tokens: {${ID_TOKEN_VARIABLE}: {aud: "${audience}"}}\`.`,
  });
}

/** As Kubernetes leaves one for its pods. */
export async function readTokenFile(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new HephyError('REGISTRY_LOGIN', `${path}, named by AWS_WEB_IDENTITY_TOKEN_FILE, cannot be read`, {
      cause,
      hint: 'Take the variable out, or make the file readable.',
    });
  }
}
