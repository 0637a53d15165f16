import { z } from 'zod';
import { readFile } from 'node:fs/promises';
import { HephyError } from '../errors.ts';
import { parseAs } from '../registry/schema.ts';
import type { Env } from '../system/env.ts';
import { createHttp, type Http, type HttpRequest, type HttpResponse } from '../system/http/http.ts';
import { HttpFailure } from '../system/http/http-failure.ts';
import { isLoopback } from '../system/http/proxy.ts';
import type { AwsKeys } from './choose-login.ts';
import { readErrorText, refuse } from './ask.ts';

export interface MetadataOptions {
  readonly env: Env;
  readonly signal?: AbortSignal | undefined;
  readonly onSecret: (secret: string) => void;
}

/** Without the service, nothing answers at all. Amazon's own programs wait one second as well. */
const TIMEOUTS = { connectMs: 1000, idleMs: 2000, totalMs: 3000 };
const INSTANCE = 'http://169.254.169.254';
const INSTANCE_V6 = 'http://[fd00:ec2::254]';
const ROLES = '/latest/meta-data/iam/security-credentials/';

const Keys = z.object({
  AccessKeyId: z.string().min(1),
  SecretAccessKey: z.string().min(1),
  Token: z.string().min(1),
});

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html: ECS, and EKS Pod Identity. */
export async function fetchContainerKeys(address: string, place: MetadataOptions): Promise<AwsKeys> {
  const url = readAddress(address);
  const authorization = await readAuthorization(place.env);
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
  return withHttp(async (http) => {
    const response = await send(http, { method: 'GET', url, headers, signal: place.signal });
    if (response === undefined)
      throw refuse('The credentials service of this container', 'it did not answer', CONTAINER_HINT);
    return readKeys(response, place, CONTAINER_HINT);
  });
}

const CONTAINER_HINT =
  'Check the role of the ECS task; for EKS Pod Identity, check the association of the pod with a role and the Pod Identity agent.';

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html. Undefined if the machine has no role. */
export async function fetchInstanceKeys(place: MetadataOptions): Promise<AwsKeys | undefined> {
  const base = instanceAddress(place.env);
  const { signal } = place;
  return withHttp(async (http) => {
    const asking = { 'x-aws-ec2-metadata-token-ttl-seconds': '300' };
    const url = new URL('/latest/api/token', base);
    const session = await send(http, { method: 'PUT', url, headers: asking, signal });
    if (session?.status !== 200) return undefined;
    const headers = { 'x-aws-ec2-metadata-token': session.body.toString('utf8').trim() };
    const roles = await send(http, { method: 'GET', url: new URL(ROLES, base), headers, signal });
    const role = roles?.status === 200 ? roles.body.toString('utf8').trim().split('\n')[0] : '';
    if (!role) return undefined;
    const address = new URL(`${ROLES}${encodeURIComponent(role)}`, base);
    const response = await send(http, { method: 'GET', url: address, headers, signal });
    return response && readKeys(response, place, `Check the role ${role} of this instance.`);
  });
}

function instanceAddress(env: Env): URL {
  const standard = /^ipv6$/i.test(env['AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE'] ?? '')
    ? INSTANCE_V6
    : INSTANCE;
  const named = env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] || standard;
  return new URL(URL.canParse(named) ? named : standard);
}

/** The services of ECS, and of EKS over IPv4 and IPv6. To any other host, the token would be sent unencrypted. */
const PLAIN_HOSTS: ReadonlySet<string> = new Set(['169.254.170.2', '169.254.170.23', '[fd00:ec2::23]']);

function readAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isPlain = url?.protocol === 'http:' && (isLoopback(url.hostname) || PLAIN_HOSTS.has(url.hostname));
  if (url && (url.protocol === 'https:' || isPlain)) return url;
  throw new HephyError('REGISTRY_LOGIN', 'AWS_CONTAINER_CREDENTIALS_FULL_URI is not an allowed address', {
    hint: 'Allowed are https addresses, loopback addresses, and the credential services of ECS and EKS.',
  });
}

async function readAuthorization(env: Env): Promise<string | undefined> {
  const file = env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'];
  if (!file) return env['AWS_CONTAINER_AUTHORIZATION_TOKEN'] || undefined;
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw new HephyError(
      'REGISTRY_LOGIN',
      `${file}, set by AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, cannot be read`,
      {
        cause,
        hint: 'Make the file readable, or unset the variable.',
      },
    );
  }
}

function readKeys(response: HttpResponse, { onSecret }: MetadataOptions, hint: string): AwsKeys {
  const keys = response.status === 200 ? parseAs(Keys, response.body) : undefined;
  if (keys === undefined) throw refuse('The metadata service', readErrorText(response), hint);
  for (const secret of [keys.SecretAccessKey, keys.Token]) onSecret(secret);
  return { id: keys.AccessKeyId, secret: keys.SecretAccessKey, token: keys.Token };
}

/** Without a proxy: these addresses belong to this machine. */
async function withHttp<T>(work: (http: Http) => Promise<T>): Promise<T> {
  const http = createHttp({}, TIMEOUTS);
  try {
    return await work(http);
  } finally {
    http.close();
  }
}

const ATTEMPTS = 2;

/** Undefined if nothing answers. */
async function send(http: Http, request: HttpRequest): Promise<HttpResponse | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await http.send(request);
      if (response.status < 500 || attempt === ATTEMPTS) return response;
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      if (attempt === ATTEMPTS) return undefined;
    }
  }
}
