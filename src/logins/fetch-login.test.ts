import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Cloud, HANDED_OUT, makeIdToken, startCloud } from '../../test/support/clouds.ts';
import { createTempDir } from '../../test/support/git-repo.ts';
import { createHttp, type Http } from '../system/http/http.ts';
import { DEFAULT_POLICY } from '../system/http/retry.ts';
import type { Method } from './choose-login.ts';
import { findAzureCloud } from './clouds.ts';
import { parseEcrHost } from './ecr.ts';
import { fetchLogin, type LoginOptions } from './fetch-login.ts';

let cloud: Cloud;
let http: Http;
let secrets: string[];
beforeEach(async () => {
  cloud = await startCloud();
  http = createHttp({});
  secrets = [];
});
afterEach(async () => {
  http.close();
  await cloud.stop();
});

const NOW = Date.parse('2026-11-21T01:02:03Z');

function place(more: Partial<LoginOptions> = {}): LoginOptions {
  const pace = { now: () => NOW, sleep: async () => undefined, random: () => 0.5 };
  return {
    host: cloud.host,
    platform: 'github',
    line: { http, retries: { policy: DEFAULT_POLICY, pace } },
    onSecret: (secret) => void secrets.push(secret),
    ...more,
    env: { ...endpoints(), ...more.env },
  };
}

function endpoints(): Record<string, string> {
  return {
    ACTIONS_ID_TOKEN_REQUEST_URL: `${cloud.origin}/id-token?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: HANDED_OUT.githubBearer,
    AWS_ENDPOINT_URL: cloud.origin,
    AWS_ENDPOINT_URL_STS: `${cloud.origin}/sts/`,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_STS: cloud.origin,
    CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS: `${cloud.origin}/`,
    AZURE_AUTHORITY_HOST: `${cloud.origin}/`,
  };
}

const ROLE = 'arn:aws:iam::123456789012:role/hephy';
const PROVIDER = 'projects/1/locations/global/workloadIdentityPools/ci/providers/github';
const ECR_HOST = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
type Chosen = Parameters<typeof fetchLogin>[0];

function aws(more: object = {}, host = '123456789012.dkr.ecr.eu-west-1.amazonaws.com'): Chosen {
  const ecr = parseEcrHost(host);
  if (!ecr) throw new Error(`${host} is not ECR`);
  return { by: 'aws-role', ecr, role: ROLE, audience: 'sts.amazonaws.com', ...more };
}

function google(more: Partial<Extract<Method, { by: 'google' }>> = {}): Chosen {
  const audience = `https://iam.googleapis.com/${PROVIDER}`;
  return { by: 'google', provider: PROVIDER, serviceAccount: undefined, audience, ...more };
}

function azure(audience = 'api://AzureADTokenExchange'): Chosen {
  const found = findAzureCloud('acme.azurecr.io');
  if (!found) throw new Error('acme.azurecr.io is not Azure');
  return { by: 'azure', cloud: found, client: 'client-1', tenant: 'tenant-1', audience };
}

describe('ECR', () => {
  test('by a role that the job’s token may assume', async () => {
    expect(await fetchLogin(aws(), place())).toEqual({ username: 'AWS', password: HANDED_OUT.ecrPassword });
    const [token, role, login] = cloud.asked;
    expect(token?.form.get('audience')).toBe('sts.amazonaws.com');
    expect(role?.path).toBe('/sts/');
    expect(Object.fromEntries(role?.form ?? [])).toMatchObject({ RoleArn: ROLE, Version: '2011-06-15' });
    expect(login?.headers['x-amz-security-token']).toBe(HANDED_OUT.awsSession);
    expect(login?.authorization).toContain('Credential=ASIAEXAMPLE/20261121/eu-west-1/ecr/aws4_request');
  });

  test('every secret on the way is told before it is of use to anyone', async () => {
    await fetchLogin(aws(), place());
    const { awsSecret, awsSession, ecrPassword } = HANDED_OUT;
    expect(secrets).toEqual([makeIdToken('sts.amazonaws.com'), awsSecret, awsSession, ecrPassword]);
  });

  test('by keys, and for public.ecr.aws in the one region that has it', async () => {
    const keys = { id: 'AKID', secret: 'secret', token: undefined };
    const ecr = parseEcrHost('public.ecr.aws');
    const chosen = { ...aws({}, 'public.ecr.aws'), by: 'aws-keys' as const, keys };
    if (!ecr) throw new Error('public.ecr.aws is not ECR');
    expect(await fetchLogin({ ...chosen, ecr }, place())).toMatchObject({ username: 'AWS' });
    expect(cloud.asked).toHaveLength(1);
    expect(cloud.asked[0]?.authorization).toContain('Credential=AKID/20261121/us-east-1/ecr-public/');
    expect(cloud.asked[0]?.headers['x-amz-security-token']).toBe(undefined);
  });

  test('by the role of the machine', async () => {
    const ecr = parseEcrHost(ECR_HOST);
    if (!ecr) throw new Error(`${ECR_HOST} is not ECR`);
    const env = { AWS_EC2_METADATA_SERVICE_ENDPOINT: cloud.origin };
    expect(await fetchLogin({ by: 'aws-instance', ecr }, place({ env }))).toMatchObject({ username: 'AWS' });
    expect(cloud.asked.map(({ path }) => path)).toEqual([
      '/latest/api/token',
      '/latest/meta-data/iam/security-credentials/',
      '/latest/meta-data/iam/security-credentials/builder',
      '/',
    ]);
    expect(cloud.asked[3]?.authorization).toContain('Credential=ASIAMETADATA/');
    expect(secrets).toEqual([HANDED_OUT.awsSecret, HANDED_OUT.awsSession, HANDED_OUT.ecrPassword]);
    const nothing = place({ env: { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1' } });
    await expect(fetchLogin({ by: 'aws-instance', ecr }, nothing)).rejects.toThrowWithCode('REGISTRY_LOGIN');
  });

  test('by the role of the pod, with the token in its file', async () => {
    const ecr = parseEcrHost(ECR_HOST);
    if (!ecr) throw new Error(`${ECR_HOST} is not ECR`);
    const file = join(await createTempDir(), 'token');
    await writeFile(file, `${HANDED_OUT.podToken}\n`);
    const env = { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file };
    const method = { by: 'aws-container', ecr, address: `${cloud.origin}/v1/credentials` } as const;
    expect(await fetchLogin(method, place({ env }))).toMatchObject({ username: 'AWS' });
    await expect(fetchLogin(method, place())).rejects.toThrowWithCode('REGISTRY_LOGIN');
    const elsewhere = { ...method, address: 'http://metadata.example.com/v1/credentials' };
    await expect(fetchLogin(elsewhere, place({ env }))).rejects.toThrow('allowed address');
  });

  test('by the token that Kubernetes left in a file', async () => {
    const tokenFile = join(await createTempDir(), 'token');
    await writeFile(tokenFile, `${makeIdToken('sts.amazonaws.com')}\n`);
    await fetchLogin(aws({ tokenFile }), place());
    expect(cloud.asked).toHaveLength(2);
    const missing = fetchLogin(aws({ tokenFile: `${tokenFile}-2` }), place());
    await expect(missing).rejects.toThrowWithCode('REGISTRY_LOGIN');
  });

  test.each([
    ['a wrong audience', { HEPHY_ID_TOKEN: makeIdToken('https://gitlab.com') }, /id_token_audience/],
    [
      'a token that ended',
      { HEPHY_ID_TOKEN: makeIdToken('sts.amazonaws.com', { expired: true }) },
      /run the job again/,
    ],
  ])('%s: the hint says what to do', async (_, env, hint) => {
    const refused = fetchLogin(aws(), place({ platform: 'gitlab', env }));
    await expect(refused).rejects.toMatchObject({
      code: 'REGISTRY_LOGIN',
      hint: expect.stringMatching(hint),
    });
  });

  test('a role that does not trust this job', async () => {
    const body =
      '<Error><Code>AccessDenied</Code><Message>Not authorized to perform\nsts:Assume</Message></Error>';
    cloud.refuse('/sts/', { status: 403, body });
    await expect(fetchLogin(aws(), place())).rejects.toMatchObject({
      message: 'AWS returned no login: 403 AccessDenied Not authorized to perform sts:Assume',
      hint: expect.stringContaining('trust policy'),
    });
  });

  test('what passes is asked for again', async () => {
    cloud.refuse('/sts/', { status: 503, body: '', times: 2 });
    expect(await fetchLogin(aws(), place())).toMatchObject({ username: 'AWS' });
    cloud.refuse('/', { status: 429, body: '' });
    await expect(fetchLogin(aws(), place())).rejects.toThrowWithCode('REGISTRY_UNAVAILABLE');
  });

  test('keys that ECR does not know', async () => {
    const body = JSON.stringify({
      __type: 'com.amazon#UnrecognizedClientException',
      message: 'invalid token',
    });
    cloud.refuse('/', { status: 400, body });
    await expect(fetchLogin(aws(), place())).rejects.toMatchObject({
      code: 'REGISTRY_LOGIN',
      message: 'ECR returned no login: 400 UnrecognizedClientException invalid token',
      hint: expect.stringContaining('AWS_ACCESS_KEY_ID'),
    });
  });

  test('no token goes where others could read it', async () => {
    const env = { AWS_ENDPOINT_URL_STS: 'http://sts.example.com' };
    await expect(fetchLogin(aws(), place({ env }))).rejects.toThrowWithCode('REGISTRY_INSECURE');
  });
});

describe('Google', () => {
  test('by the job’s own identity', async () => {
    const login = await fetchLogin(google(), place());
    expect(login).toEqual({ username: 'oauth2accesstoken', password: HANDED_OUT.googleToken });
    expect(JSON.parse(cloud.asked[1]?.body ?? '')).toMatchObject({
      audience: `//iam.googleapis.com/${PROVIDER}`,
    });
  });

  test('as a service account', async () => {
    const serviceAccount = 'hephy@acme.iam.gserviceaccount.com';
    expect(await fetchLogin(google({ serviceAccount }), place())).toMatchObject({
      password: HANDED_OUT.accountToken,
    });
    expect(cloud.asked[2]?.path).toBe(
      '/v1/projects/-/serviceAccounts/hephy%40acme.iam.gserviceaccount.com:generateAccessToken',
    );
    expect(secrets).toContain(HANDED_OUT.googleToken);
    const body = JSON.stringify({ error: { status: 'PERMISSION_DENIED', message: 'denied' } });
    cloud.refuse(cloud.asked[2]?.path ?? '', { status: 403, body });
    await expect(fetchLogin(google({ serviceAccount }), place())).rejects.toMatchObject({
      message: 'Google returned no login: 403 PERMISSION_DENIED denied',
      hint: expect.stringContaining('workloadIdentityUser'),
    });
  });

  test.each([
    [{ status: 400, body: JSON.stringify({ error: 'invalid_target' }) }, /google_provider/],
    [
      {
        status: 400,
        body: JSON.stringify({
          error: 'unauthorized_client',
          error_description: 'rejected by the attribute condition',
        }),
      },
      /attribute condition/,
    ],
  ])('%j', async (refusal, hint) => {
    cloud.refuse('/v1/token', refusal);
    await expect(fetchLogin(google(), place())).rejects.toMatchObject({ hint: expect.stringMatching(hint) });
  });

  test('a wrong audience', async () => {
    const refused = fetchLogin(google({ audience: 'other' }), place());
    await expect(refused).rejects.toMatchObject({ hint: expect.stringContaining('id_token_audience') });
  });
});

describe('Azure', () => {
  test('by an application that trusts this job', async () => {
    expect(await fetchLogin(azure(), place())).toEqual({
      username: '00000000-0000-0000-0000-000000000000',
      password: HANDED_OUT.acrToken,
    });
    const [, access, exchange] = cloud.asked;
    expect(access?.path).toBe('/tenant-1/oauth2/v2.0/token');
    expect(access?.form.get('scope')).toBe('https://containerregistry.azure.net/.default');
    expect(exchange?.form.get('tenant')).toBe('tenant-1');
  });

  test('a wrong audience, and a registry that gives no right', async () => {
    await expect(fetchLogin(azure('other'), place())).rejects.toMatchObject({
      hint: expect.stringContaining('id_token_audience'),
    });
    cloud.refuse('/oauth2/exchange', {
      status: 401,
      body: '{"errors":[{"code":"UNAUTHORIZED","message":"no"}]}',
    });
    await expect(fetchLogin(azure(), place())).rejects.toMatchObject({
      message: 'The registry returned no login: 401 UNAUTHORIZED no',
      hint: expect.stringContaining('AcrPush'),
    });
  });
});

describe('a job that cannot prove its identity', () => {
  test('on GitHub: the permission', async () => {
    const env = { ACTIONS_ID_TOKEN_REQUEST_URL: undefined };
    await expect(fetchLogin(aws(), place({ env }))).rejects.toMatchObject({
      code: 'REGISTRY_LOGIN',
      hint: expect.stringContaining('permissions: id-token: write'),
    });
    expect(cloud.asked).toEqual([]);
  });

  test('on GitHub: its own token is not taken', async () => {
    const env = { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'other' };
    await expect(fetchLogin(aws(), place({ env }))).rejects.toThrowWithCode('REGISTRY_LOGIN');
  });

  test('on GitLab: the lines for the job', async () => {
    await expect(fetchLogin(aws(), place({ platform: 'gitlab' }))).rejects.toMatchObject({
      code: 'REGISTRY_LOGIN',
      hint: expect.stringContaining('id_tokens: {HEPHY_ID_TOKEN: {aud: "sts.amazonaws.com"}}'),
    });
  });
});
