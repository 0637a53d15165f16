import { z } from 'zod';
import type { Credential } from '../registry/docker-config.ts';
import { parseAs } from '../registry/schema.ts';
import type { Env } from '../system/env.ts';
import { ask, FORM, type LoginClient, NAME_AUDIENCE, readErrorText, refuse } from './ask.ts';
import type { AwsKeys } from './choose-login.ts';
import { ecrUrl, type EcrRegistry, stsUrl } from './ecr.ts';
import { signRequest } from './sigv4.ts';

export interface AwsLoginOptions {
  readonly ecr: EcrRegistry;
  readonly env: Env;
  readonly line: LoginClient;
  /** Called with every secret as soon as it exists. */
  readonly onSecret: (secret: string) => void;
}

const SESSION = 'hephy-builder';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
export async function assumeRole(role: string, token: string, place: AwsLoginOptions): Promise<AwsKeys> {
  const form = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: role,
    RoleSessionName: SESSION,
    WebIdentityToken: token,
  });
  const url = stsUrl(place.ecr, place.env);
  const headers = { ...FORM, accept: 'application/xml' };
  const question = { who: 'AWS', method: 'POST' as const, url, headers, body: form.toString() };
  const response = await ask(question, place.line);
  const text = response.body.toString('utf8');
  const [id, secret, session] = ['AccessKeyId', 'SecretAccessKey', 'SessionToken'].map((name) =>
    readElement(text, name),
  );
  if (response.status !== 200 || !id || !secret || !session) {
    const said = readErrorText(response);
    throw refuse('AWS', said, hintForRole(said, role));
  }
  for (const value of [secret, session]) place.onSecret(value);
  return { id, secret, token: session };
}

function readElement(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>\\s*([A-Za-z0-9+/=]+)\\s*</${name}>`).exec(xml)?.[1];
}

function hintForRole(said: string, role: string): string {
  if (/audience/i.test(said)) {
    return `The identity provider in IAM must list the audience of the token, usually sts.amazonaws.com. ${NAME_AUDIENCE}`;
  }
  if (/ExpiredToken/.test(said)) return 'The token of this job has expired: run the job again.';
  if (/No OpenIDConnect provider/i.test(said)) {
    return 'Create an OpenID Connect identity provider for this platform in IAM, in the account of the role.';
  }
  return `Check the trust policy of ${role}: its Principal, and the conditions on aud and sub.`;
}

const PrivateToken = z.object({ authorizationData: z.array(z.object({ authorizationToken: z.string() })) });
const PublicToken = z.object({ authorizationData: z.object({ authorizationToken: z.string() }) });

const TARGETS = {
  private: { name: 'AmazonEC2ContainerRegistry_V20150921', service: 'ecr' },
  public: { name: 'SpencerFrontendService', service: 'ecr-public' },
} as const;

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html */
export async function fetchEcrLogin(keys: AwsKeys, place: AwsLoginOptions): Promise<Credential> {
  const { ecr, env, line } = place;
  const target = TARGETS[ecr.kind];
  const url = ecrUrl(ecr, env);
  const body = '{}';
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `${target.name}.GetAuthorizationToken`,
  };
  const signer = {
    keys,
    region: ecr.region,
    service: target.service,
    now: new Date(line.retries.pace.now()),
  };
  const method = 'POST' as const;
  const signed = URL.canParse(url)
    ? signRequest({ method, url: new URL(url), headers, body }, signer)
    : headers;
  const response = await ask({ who: 'ECR', method, url, headers: signed, body }, line);
  const login = response.status === 200 ? readLogin(response.body) : undefined;
  if (login) return login;
  throw refuse('ECR', readErrorText(response), hintForEcr(readErrorText(response)));
}

function readLogin(body: Uint8Array): Credential | undefined {
  const data =
    parseAs(PrivateToken, body)?.authorizationData[0] ?? parseAs(PublicToken, body)?.authorizationData;
  const text = Buffer.from(data?.authorizationToken ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon > 0 ? { username: text.slice(0, colon), password: text.slice(colon + 1) } : undefined;
}

function hintForEcr(said: string): string {
  if (/Expired|UnrecognizedClient|InvalidSignature|InvalidClientTokenId/i.test(said)) {
    return 'The keys are invalid or expired, or the clock of this machine is wrong: renew AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or use aws_role.';
  }
  return 'Allow the action ecr:GetAuthorizationToken; for public.ecr.aws also sts:GetServiceBearerToken.';
}
