import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCertificate, type TestCertificate } from './certificate.ts';
import { startForwardProxy } from './forward-proxy.ts';
import { createTempDir } from './git-repo.ts';
import { startGitServer } from './git-server.ts';
import { pushBase } from './ko-builds.ts';
import { listen } from './loopback.ts';
import { startModuleProxy } from './module-proxy.ts';
import { AMD64, ARM64 } from './registry-client.ts';
import { startRegistry } from './registry.ts';

/** What a job asks, by the names that docs/self-hosted.md gives them. */
export type Place = 'registry' | 'base images' | 'origin' | 'upstreams' | 'module proxy' | 'tool mirror';
type Hosts = Readonly<Record<Place, string>>;

/** What it is called behind the proxy; nothing resolves it. */
const NAMES: Hosts = {
  registry: 'containers.git.test',
  'base images': 'registry.test',
  origin: 'git.test',
  upstreams: 'code.test',
  'module proxy': 'modules.test',
  'tool mirror': 'mirror.test',
};

/** A company's network, with its own authority. */
export interface ClosedNetwork {
  /** As a config or a variable names them: `git.test` behind the proxy, else `127.0.0.1:41234`. */
  readonly hosts: Hosts;
  /** Where a connection may lead to: all of the hosts, or the proxy alone. */
  readonly reachable: Readonly<Record<string, string>>;
  /** Below it a repository is served by its directory's name, as origin and as upstream. */
  readonly repositories: string;
  /** The authority's certificate. */
  readonly ca: string;
  /** What a runner's administrator sets. */
  readonly env: Readonly<Record<string, string>>;
  /** Whom the proxy was asked for. */
  asked(): readonly string[];
  stop(): Promise<void>;
}

/** With a proxy, that is the only way to all of it, and the only one to know the names. */
export async function startClosedNetwork(way: 'direct' | 'proxied'): Promise<ClosedNetwork> {
  const [certificate, repositories] = [makeCertificate(), await createTempDir()];
  const ca = join(await createTempDir(), 'ca.pem');
  await writeFile(ca, certificate.cert);
  const servers = await startServers(certificate, repositories);
  const local = hostsOf(servers);
  await pushBase(`${local['base images']}/base`, [AMD64, ARM64], { env: { SSL_CERT_FILE: ca } });
  const proxy = await startForwardProxy(tunnels(local));
  const hosts = way === 'direct' ? local : NAMES;
  return {
    ...{ hosts, repositories, ca },
    reachable: way === 'direct' ? local : { proxy: proxy.host },
    env: {
      ...administer(ca, hosts),
      ...(way === 'direct' ? {} : { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url }),
    },
    asked: () => proxy.asked(),
    stop: async () => {
      await Promise.all([proxy, ...Object.values(servers)].map((server) => server.stop()));
    },
  };
}

interface Server {
  readonly host: string;
  stop(): Promise<void>;
}
type Servers = Readonly<Record<Place, Server>>;

async function startServers(certificate: TestCertificate, repositories: string): Promise<Servers> {
  return {
    registry: await startRegistry({ certificate }),
    'base images': await startRegistry({ certificate }),
    origin: await startGitServer(repositories, { certificate }),
    upstreams: await startGitServer(repositories, { certificate }),
    'module proxy': await startModuleProxy(certificate),
    'tool mirror': await listen((_, response) => void response.writeHead(404).end(), certificate),
  };
}

function hostsOf(servers: Servers): Hosts {
  return {
    registry: servers.registry.host,
    'base images': servers['base images'].host,
    origin: servers.origin.host,
    upstreams: servers.upstreams.host,
    'module proxy': servers['module proxy'].host,
    'tool mirror': servers['tool mirror'].host,
  };
}

/** A name as a tunnel is asked for → where that is. */
function tunnels(local: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(NAMES).map(([place, name]) => [`${name}:443`, local[place] ?? '']),
  );
}

function administer(ca: string, hosts: Hosts): Record<string, string> {
  return {
    ...{ SSL_CERT_FILE: ca, GIT_SSL_CAINFO: ca, HEPHY_TOOL_MIRROR: `https://${hosts['tool mirror']}` },
    ...{ GOPROXY: `https://${hosts['module proxy']}`, GOFLAGS: '-modcacherw' },
  };
}
