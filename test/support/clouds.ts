import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listen } from './loopback.ts';

/** Whatever may be asked of it during a login. */
export interface Question {
  readonly path: string;
  readonly authorization: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Of a form or of a query. */
  readonly form: URLSearchParams;
}

export interface Cloud {
  readonly origin: string;
  readonly host: string;
  readonly asked: Question[];
  /** Answers instead, to the next questions for this path. */
  refuse(path: string, answer: Refusal): void;
  stop(): Promise<void>;
}

export interface Refusal {
  readonly status: number;
  readonly body: string;
  /** Afterwards it is as before. */
  readonly times?: number;
}

/** What is secret of what the clouds hand out; nothing of it may be seen anywhere. */
export const HANDED_OUT = {
  instanceSession: 'instance-session-0123456789==',
  podToken: 'pod-identity-token-0123456789',
  githubBearer: 'github-request-token-0123456789',
  awsSecret: 'awsSecretKey/0123456789abcdefghijklmnop',
  awsSession: 'awsSessionToken//0123456789abcdefghijklmnopqrstuvwxyz==',
  ecrPassword: 'ecr-Passw0rd-of-twelve-hours',
  googleToken: 'ya29.google-federated-token-0123456789',
  accountToken: 'ya29.google-account-token-0123456789',
  azureToken: 'azure-access-token-0123456789',
  acrToken: 'acr-refresh-token-0123456789',
} as const;

/** A token as a platform would sign it; what matters of it is whom it is for. */
export function makeIdToken(audience: string, claims: object = {}): string {
  const parts = [{ alg: 'RS256' }, { sub: 'repo:acme/shop:ref:refs/heads/main', aud: audience, ...claims }];
  return [
    ...parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')),
    'c2lnbmF0dXJl',
  ].join('.');
}

/** Amazon, Google, Microsoft and GitHub's token service on one port, as strict about a token as they are. */
export async function startCloud(): Promise<Cloud> {
  const asked: Question[] = [];
  const refusals = new Map<string, Refusal>();
  const loopback = await listen((request, response) => void answer(request, response));
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const question = await read(request);
    asked.push(question);
    const refusal = refusals.get(question.path);
    if (refusal) count(refusals, question.path, refusal);
    const { status, body } = refusal ?? reply(question);
    response.writeHead(status).end(body);
  };
  return {
    origin: `http://${loopback.host}`,
    host: loopback.host,
    asked,
    refuse: (path, refusal) => void refusals.set(path, refusal),
    stop: loopback.stop,
  };
}

function count(refusals: Map<string, Refusal>, path: string, refusal: Refusal): void {
  const times = (refusal.times ?? Infinity) - 1;
  if (times > 0) refusals.set(path, { ...refusal, times });
  else refusals.delete(path);
}

async function read(request: IncomingMessage): Promise<Question> {
  const url = new URL(request.url ?? '/', 'http://cloud.test');
  const body = await text(request);
  const isForm = request.headers['content-type'] === 'application/x-www-form-urlencoded';
  return {
    path: url.pathname,
    authorization: request.headers.authorization ?? '',
    headers: request.headers,
    body,
    form: isForm ? new URLSearchParams(body) : url.searchParams,
  };
}

interface Reply {
  readonly status: number;
  readonly body: string;
}

function reply(question: Question): Reply {
  const { path, form, headers } = question;
  if (path === '/id-token') return giveIdToken(question);
  if (path === '/v1/token') return exchangeAtGoogle(question);
  if (path.endsWith(':generateAccessToken')) return impersonate(question);
  if (path.endsWith('/oauth2/v2.0/token')) return signInAtAzure(question);
  if (path === '/oauth2/exchange') return exchangeAtRegistry(question);
  if (path.startsWith('/latest/')) return answerAsInstance(question);
  if (path === '/v1/credentials') return answerAsContainer(question);
  if (headers['x-amz-target'] !== undefined) return giveEcrToken(question);
  return form.get('Action') === 'AssumeRoleWithWebIdentity' ? assumeRole(question) : json(404, {});
}

function json(status: number, body: unknown): Reply {
  return { status, body: JSON.stringify(body) };
}

function giveIdToken({ authorization, form }: Question): Reply {
  if (authorization !== `Bearer ${HANDED_OUT.githubBearer}`) return json(401, { message: 'Unauthorized' });
  return json(200, { value: makeIdToken(form.get('audience') ?? '') });
}

interface Claims {
  readonly aud: string;
  readonly expired?: boolean;
}

function claimsOf(token: string | null): Claims {
  const claims: Claims = JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString() || '{}');
  return claims;
}

function assumeRole({ form }: Question): Reply {
  const { aud, expired } = claimsOf(form.get('WebIdentityToken'));
  if (expired) return awsError('ExpiredTokenException', 'Token expired: current date/time must be before');
  if (aud !== 'sts.amazonaws.com') return awsError('InvalidIdentityToken', 'Incorrect token audience');
  const fields = {
    AccessKeyId: 'ASIAEXAMPLE',
    SecretAccessKey: HANDED_OUT.awsSecret,
    SessionToken: HANDED_OUT.awsSession,
  };
  const xml = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`);
  return {
    status: 200,
    body: `<AssumeRoleWithWebIdentityResponse><Credentials>${xml.join('')}</Credentials></AssumeRoleWithWebIdentityResponse>`,
  };
}

/** Only by the second version of the service: a session first, then each question with its token. */
function answerAsInstance({ path, headers }: Question): Reply {
  if (path === '/latest/api/token') {
    const asked = headers['x-aws-ec2-metadata-token-ttl-seconds'] !== undefined;
    return asked ? { status: 200, body: HANDED_OUT.instanceSession } : json(400, {});
  }
  if (headers['x-aws-ec2-metadata-token'] !== HANDED_OUT.instanceSession) return json(401, {});
  return path.endsWith('/security-credentials/')
    ? { status: 200, body: 'builder' }
    : json(200, METADATA_KEYS);
}

function answerAsContainer({ authorization }: Question): Reply {
  return authorization === HANDED_OUT.podToken
    ? json(200, METADATA_KEYS)
    : json(401, { message: 'no token' });
}

const METADATA_KEYS = {
  Code: 'Success',
  AccessKeyId: 'ASIAMETADATA',
  SecretAccessKey: HANDED_OUT.awsSecret,
  Token: HANDED_OUT.awsSession,
  Expiration: '2026-11-21T07:00:00Z',
};

function awsError(code: string, message: string): Reply {
  const body = `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
  return { status: 400, body };
}

function giveEcrToken({ headers, authorization }: Question): Reply {
  if (!authorization.startsWith('AWS4-HMAC-SHA256 Credential=')) return json(400, { __type: 'MissingAuth' });
  const data = { authorizationToken: Buffer.from(`AWS:${HANDED_OUT.ecrPassword}`).toString('base64') };
  const isPublic = headers['x-amz-target'] === 'SpencerFrontendService.GetAuthorizationToken';
  return json(200, { authorizationData: isPublic ? data : [data] });
}

function exchangeAtGoogle({ body }: Question): Reply {
  const asked: { audience: string; subjectToken: string } = JSON.parse(body);
  if (claimsOf(asked.subjectToken).aud !== `https:${asked.audience}`) {
    const error_description = 'The audience in ID Token does not match the expected audience.';
    return json(400, { error: 'invalid_grant', error_description });
  }
  return json(200, { access_token: HANDED_OUT.googleToken, expires_in: 3600 });
}

function impersonate({ authorization }: Question): Reply {
  if (authorization !== `Bearer ${HANDED_OUT.googleToken}`) {
    return json(403, {
      error: { status: 'PERMISSION_DENIED', message: 'iam.serviceAccounts.getAccessToken' },
    });
  }
  return json(200, { accessToken: HANDED_OUT.accountToken, expireTime: '2026-11-21T03:00:00Z' });
}

function signInAtAzure({ form }: Question): Reply {
  if (claimsOf(form.get('client_assertion')).aud !== 'api://AzureADTokenExchange') {
    const error_description =
      'AADSTS700212: No matching federated identity record found for presented assertion audience.';
    return json(400, { error: 'invalid_client', error_description });
  }
  return json(200, { access_token: HANDED_OUT.azureToken, token_type: 'Bearer' });
}

function exchangeAtRegistry({ form, headers }: Question): Reply {
  const known = form.get('access_token') === HANDED_OUT.azureToken && form.get('service') === headers.host;
  return known
    ? json(200, { refresh_token: HANDED_OUT.acrToken })
    : json(401, { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] });
}
