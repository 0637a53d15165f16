import { request, type RequestListener } from 'node:http';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCertificate } from './certificate.ts';
import { type Cloud, HANDED_OUT, startCloud } from './clouds.ts';
import { startForwardProxy } from './forward-proxy.ts';
import { createTempDir } from './git-repo.ts';
import { pushBase } from './ko-builds.ts';
import { listen } from './loopback.ts';
import { AMD64 } from './registry-client.ts';
import { startRegistry } from './registry.ts';

/** What is typed or given to a job, besides what the clouds hand out. */
export const GIVEN = {
  jobToken: 'ghs_0123456789abcdefghijABCDEFGHIJ',
  password: 'Registry"Passw0rd $HOME `id`',
} as const;

export const ECR = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const AZURE_USER = '00000000-0000-0000-0000-000000000000';

/** Registries by the names that they have on the Internet, and whom each of them lets in. */
const REGISTRIES: Readonly<Record<string, string | undefined>> = {
  'ghcr.io': `ada:${GIVEN.jobToken}`,
  'registry.acme.test': `ci:${GIVEN.password}`,
  'registry.gitlab.test': `gitlab-ci-token:${GIVEN.jobToken}`,
  [ECR]: `AWS:${HANDED_OUT.ecrPassword}`,
  'europe-docker.pkg.dev': `oauth2accesstoken:${HANDED_OUT.accountToken}`,
  'acme.azurecr.io': `${AZURE_USER}:${HANDED_OUT.acrToken}`,
  // For everyone, as bases are.
  'registry.test': undefined,
};

const SERVICES = [
  'sts.eu-west-1.amazonaws.com',
  'api.ecr.eu-west-1.amazonaws.com',
  'sts.googleapis.com',
  'iamcredentials.googleapis.com',
  'login.microsoftonline.com',
  'actions.test',
];

/** The Internet as far as logins are concerned, on this machine: one proxy leads to all of it. */
export interface WideWorld {
  /** Makes a program live in it. */
  readonly env: Readonly<Record<string, string>>;
  readonly cloud: Cloud;
  /** Every `Authorization` that a host was sent, by the host. */
  readonly heard: ReadonlyMap<string, ReadonlySet<string>>;
  /** From now on this host lets nobody in. */
  lock(host: string): void;
  /** The tags that were pushed to a host, under a path. */
  tags(path: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export async function startWideWorld(): Promise<WideWorld> {
  const names = [...Object.keys(REGISTRIES), ...SERVICES];
  const certificate = makeCertificate(names);
  const ca = join(await createTempDir(), 'ca.pem');
  await writeFile(ca, certificate.cert);
  const [registry, cloud] = await Promise.all([startRegistry(), startCloud()]);
  await pushBase(`${registry.host}/base`, [AMD64]);
  const heard = new Map<string, Set<string>>();
  const locked = new Set<string>();
  const front = await listen(
    answerAll({ registry: registry.host, cloud: cloud.host, heard, locked }),
    certificate,
  );
  const proxy = await startForwardProxy(Object.fromEntries(names.map((name) => [`${name}:443`, front.host])));
  return {
    env: { HTTPS_PROXY: proxy.url, SSL_CERT_FILE: ca },
    cloud,
    heard,
    lock: (host) => void locked.add(host),
    tags: (path) => listTags(`http://${registry.host}/v2/${path}/tags/list`),
    stop: async () => void (await Promise.all([proxy, front, cloud, registry].map((one) => one.stop()))),
  };
}

async function listTags(address: string): Promise<readonly string[]> {
  const answer: { tags?: string[] } = JSON.parse(await (await fetch(address)).text());
  return answer.tags ?? [];
}

interface Front {
  readonly registry: string;
  readonly cloud: string;
  readonly heard: Map<string, Set<string>>;
  readonly locked: ReadonlySet<string>;
}

/** A registry's front door: a login for each host, and behind all of them one registry. */
function answerAll({ registry, cloud, heard, locked }: Front): RequestListener {
  return (asked, response) => {
    const { host = '', authorization } = asked.headers;
    if (authorization !== undefined) heard.set(host, (heard.get(host) ?? new Set()).add(authorization));
    const isService = !Object.hasOwn(REGISTRIES, host) || asked.url === '/oauth2/exchange';
    if (isService) return forward(cloud, asked, response);
    const wanted = REGISTRIES[host];
    const basic = `Basic ${Buffer.from(wanted ?? '').toString('base64')}`;
    if (!locked.has(host) && (wanted === undefined || authorization === basic)) {
      return forward(registry, asked, response);
    }
    response.writeHead(401, { 'www-authenticate': `Basic realm="${host}"` }).end();
  };
}

function forward(place: string, ...[asked, response]: Parameters<RequestListener>): void {
  const passed = request(
    `http://${place}${asked.url}`,
    { method: asked.method, headers: { ...asked.headers, 'x-forwarded-proto': 'https' } },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  passed.on('error', () => response.destroy());
  asked.pipe(passed);
}
