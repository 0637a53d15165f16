import { z } from 'zod';
import type { Credential } from '../registry/docker-config.ts';
import { parseAs } from '../registry/schema.ts';
import type { Env } from '../system/env.ts';
import { ask, JSON_BODY, type LoginClient, NAME_AUDIENCE, readErrorText, refuse } from './ask.ts';

export interface GoogleIdentity {
  readonly provider: string;
  /** Undefined if the job's own identity has the permissions. */
  readonly serviceAccount: string | undefined;
}

export interface GoogleLoginOptions {
  readonly env: Env;
  readonly line: LoginClient;
  readonly onSecret: (secret: string) => void;
}

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const STS = 'https://sts.googleapis.com/';
const IAM = 'https://iamcredentials.googleapis.com/';

const Exchanged = z.object({ access_token: z.string().min(1) });
const Generated = z.object({ accessToken: z.string().min(1) });

/** https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines */
export async function fetchGoogleLogin(
  identity: GoogleIdentity,
  idToken: string,
  place: GoogleLoginOptions,
): Promise<Credential> {
  const token = await exchangeToken(identity, idToken, place);
  place.onSecret(token);
  const { serviceAccount } = identity;
  const password = serviceAccount === undefined ? token : await impersonate(serviceAccount, token, place);
  return { username: 'oauth2accesstoken', password };
}

/** https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token */
async function exchangeToken(
  { provider }: GoogleIdentity,
  subjectToken: string,
  { env, line }: GoogleLoginOptions,
): Promise<string> {
  const body = JSON.stringify({
    audience: `//iam.googleapis.com/${provider}`,
    grantType: 'urn:ietf:params:oauth:grant-type:token-exchange',
    requestedTokenType: 'urn:ietf:params:oauth:token-type:access_token',
    scope: SCOPE,
    subjectTokenType: 'urn:ietf:params:oauth:token-type:jwt',
    subjectToken,
  });
  const url = `${endpoint(env, 'STS', STS)}v1/token`;
  const response = await ask({ who: 'Google', method: 'POST', url, headers: JSON_BODY, body }, line);
  const token = response.status === 200 ? parseAs(Exchanged, response.body)?.access_token : undefined;
  if (token !== undefined) return token;
  const said = readErrorText(response);
  throw refuse('Google', said, hintForExchange(said, provider));
}

/** https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken */
async function impersonate(
  account: string,
  token: string,
  { env, line }: GoogleLoginOptions,
): Promise<string> {
  const path = `v1/projects/-/serviceAccounts/${encodeURIComponent(account)}:generateAccessToken`;
  const url = `${endpoint(env, 'IAMCREDENTIALS', IAM)}${path}`;
  const headers = { ...JSON_BODY, authorization: `Bearer ${token}` };
  const body = JSON.stringify({ scope: [SCOPE], lifetime: '3600s' });
  const response = await ask({ who: 'Google', method: 'POST', url, headers, body }, line);
  const password = response.status === 200 ? parseAs(Generated, response.body)?.accessToken : undefined;
  if (password !== undefined) return password;
  throw refuse(
    'Google',
    readErrorText(response),
    `Give the job's identity roles/iam.workloadIdentityUser on ${account}, and enable the IAM Credentials API.`,
  );
}

/** gcloud's variables set other endpoints, for networks that reach the services under different names. */
function endpoint(env: Env, service: 'STS' | 'IAMCREDENTIALS', standard: string): string {
  const named = env[`CLOUDSDK_API_ENDPOINT_OVERRIDES_${service}`] || standard;
  return named.endsWith('/') ? named : `${named}/`;
}

function hintForExchange(said: string, provider: string): string {
  if (/audience/i.test(said)) {
    return `The provider must allow the audience of the token, usually https://iam.googleapis.com/${provider}. ${NAME_AUDIENCE}`;
  }
  if (/condition/i.test(said)) {
    return 'The attribute condition of the provider does not allow this repository or branch.';
  }
  if (/expired/i.test(said)) return 'The token of this job has expired: run the job again.';
  return 'Check google_provider: projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER.';
}
