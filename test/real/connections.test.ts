import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Plan } from '../../src/domain/plan.ts';
import { startClosedNetwork, type ClosedNetwork } from '../support/closed-network.ts';
import { createCompanyShop, type CompanyShop } from '../support/company-shop.ts';
import { startBuildkitd } from '../support/buildkitd.ts';
import { pushBusybox } from '../support/busybox-base.ts';
import { openRecorder, summarize, traceHephy, type Traced } from '../support/connections.ts';
import { createGitRepo, createTempDir, type GitRepo } from '../support/git-repo.ts';
import { createGoShop } from '../support/go-shop.ts';
import { hephy, type HephyPlace } from '../support/hephy.ts';
import { readProjectFile } from '../support/project-files.ts';
import { describeWith } from '../support/requirements.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';
import { pathWith } from '../support/surface-tools.ts';
import { BUILDCTL } from '../support/tool-cache.ts';

describe('on a machine of one’s own', () => {
  let registry: TestRegistry;
  let repo: GitRepo;
  beforeAll(async () => {
    registry = await startRegistry();
    repo = await createGoShop(registry.host);
    await repo.git('remote', 'add', 'origin', 'https://git.invalid/acme/shop');
  });
  afterAll(() => registry.stop());

  test.each(['plan', 'explain', 'validate', 'doctor', 'schema', 'help'])(
    'hephy %s asks nobody',
    async (verb) => {
      const { said, connections } = await traceHephy([verb], { cwd: repo.dir });
      expect(said).toMatchObject({ code: 0 });
      expect(connections).toEqual([]);
    },
  );

  // So that an empty list means something.
  test.each([
    ['a lookup', 'registry.invalid/shop', /:53$/],
    ['an address that refuses', '[::1]:1/shop', /^\[::1\]:1$/],
  ])('%s would be seen', async (_, place, address) => {
    const { connections } = await traceHephy(['prepare', '--all', '--registry', place], { cwd: repo.dir });
    expect(connections).toContainEqual({ program: 'hephy', address: expect.stringMatching(address) });
  });

  test('hephy build asks the registry and origin, and ko the base image and the registry', async () => {
    const flags = ['--all', '--registry', `${registry.host}/shop`];
    const { said, connections } = await traceHephy(['build', ...flags], { cwd: repo.dir });
    if (said.code !== 0) throw new Error(said.stderr);
    // Origin has no address here, so that git gets no further than the name server of the machine.
    const asked = summarize(connections, { registry: registry.host }).map((line) =>
      line.replace(/^git → .*:53$/, 'git → origin'),
    );
    expect([...new Set(asked)]).toEqual(['git → origin', 'hephy → registry', 'ko → registry']);
  });
});

describeWith(['busybox', 'buildkit'], 'with BuildKit', () => {
  test('it asks the base image and the registry; buildctl asks nobody but it', async () => {
    const [registry, images, recorder] = [await startRegistry(), await startRegistry(), await openRecorder()];
    await pushBusybox(`${images.host}/base:latest`);
    const builder = await startBuildkitd(recorder.under);
    const repo = await createGitRepo({
      'web/build-config.yaml': 'build_backend: buildkit\nplatforms: [linux/amd64]\n',
      'web/Dockerfile': `FROM ${images.host}/base:latest\nRUN echo built > /built\n`,
    });
    const flags = ['--all', '--registry', `${registry.host}/shop`];
    const env = { BUILDKIT_HOST: builder.address, PATH: pathWith(BUILDCTL) };
    const { said, connections } = await traceHephy(['build', ...flags], { cwd: repo.dir, env });
    await builder.stop();
    await Promise.all([registry.stop(), images.stop()]);
    expect(said).toMatchObject({ code: 0 });
    const places = { registry: registry.host, 'base images': images.host };
    expect(summarize(connections, places)).toEqual(['hephy → base images', 'hephy → registry']);
    expect(summarize(await recorder.read(), places)).toEqual([
      'buildkitd → base images',
      'buildkitd → registry',
    ]);
  });
});

type Variables = Readonly<Record<string, string>>;

interface Company {
  readonly network: ClosedNetwork;
  readonly shop: CompanyShop;
}

async function found(way: 'direct' | 'proxied'): Promise<Company> {
  const network = await startClosedNetwork(way);
  return { network, shop: await createCompanyShop(network) };
}

async function asOnGithub({ network: { hosts }, shop }: Company): Promise<Variables> {
  const payload = join(await createTempDir(), 'event.json');
  await writeFile(payload, JSON.stringify({ before: shop.before }));
  return {
    ...{ GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'push', GITHUB_EVENT_PATH: payload },
    ...{ GITHUB_REF: 'refs/heads/main', GITHUB_SHA: shop.sha, GITHUB_REPOSITORY: 'acme/shop' },
    ...{ GITHUB_SERVER_URL: `https://${hosts.origin}`, GITHUB_API_URL: `https://${hosts.origin}/api/v3` },
  };
}

function asOnGitlab({ network: { hosts }, shop }: Company): Variables {
  return {
    ...{
      GITLAB_CI: 'true',
      CI_PIPELINE_SOURCE: 'push',
      CI_COMMIT_REF_NAME: 'main',
      CI_DEFAULT_BRANCH: 'main',
    },
    ...{ CI_COMMIT_SHA: shop.sha, CI_COMMIT_BEFORE_SHA: shop.before, CI_PROJECT_PATH: 'acme/shop' },
    ...{ CI_SERVER_URL: `https://${hosts.origin}`, CI_REGISTRY_IMAGE: `${hosts.registry}/gitlab/shop` },
  };
}

/** A job's place: a fresh checkout, and no module downloaded yet. */
async function startJob({ network, shop }: Company, env: Variables): Promise<HephyPlace> {
  const GOMODCACHE = await createTempDir();
  return { cwd: await shop.checkOut(), env: { ...network.env, GOMODCACHE, ...env } };
}

/** What the jobs of a pipeline do, one after the other: whom each of them asked, by the job. */
async function runPipeline(company: Company, env: Variables): Promise<Record<string, readonly string[]>> {
  const place = await startJob(company, env);
  const { reachable } = company.network;
  const prepared = await traceHephy(['prepare', '--json'], place);
  expect(prepared.said).toMatchObject({ code: 0 });
  const asked: Record<string, readonly string[]> = { prepare: summarize(prepared.connections, reachable) };
  const input = prepared.said.stdout;
  const plan: Plan = JSON.parse(input);
  const jobs = plan.jobs.map(({ id }) => [id, 'build', '--job', id]);
  for (const [name = '', ...args] of [...jobs, ['manifest', 'manifest']]) {
    const { said, connections } = await traceHephy([...args, '--plan', '-'], { ...place, input });
    expect(said).toMatchObject({ code: 0 });
    asked[name] = summarize(connections, reachable);
  }
  return asked;
}

/** docs/self-hosted.md tells administrators the same. */
const ASKED = {
  prepare: ['git → origin', 'git → upstreams', 'hephy → base images', 'hephy → registry'],
  'amd64-1': [
    'go → module proxy',
    ...['hephy → base images', 'hephy → registry', 'ko → base images', 'ko → registry'],
  ],
  'amd64-2': [
    'git → upstreams',
    ...['hephy → base images', 'hephy → registry', 'ko → base images', 'ko → registry'],
  ],
  // Whether a tag may move follows from the history of the branch that it belongs to.
  manifest: ['git → origin', 'hephy → registry'],
} as const;
/** Of a build in one job, before it finds that it has no ko. */
const AT_FIRST = ['git → origin', 'hephy → base images', 'hephy → registry'] as const;
const FOR_TOOLS = ['go → module proxy', 'hephy → tool mirror'] as const;

describe('in a closed network', () => {
  let company: Company;
  beforeAll(async () => {
    company = await found('direct');
  });
  afterAll(() => company.network.stop());

  test('the jobs of a GitHub workflow ask whom they have to, and nobody else', async () => {
    const HEPHY_REGISTRY = `${company.network.hosts.registry}/acme/shop`;
    const env = { ...(await asOnGithub(company)), HEPHY_REGISTRY };
    expect(await runPipeline(company, env)).toEqual(ASKED);
  });

  test('those of a GitLab pipeline do the same', async () => {
    expect(await runPipeline(company, asOnGitlab(company))).toEqual(ASKED);
  });

  async function buildWithoutTools(env: Variables): Promise<Traced> {
    const fresh = {
      XDG_CACHE_HOME: await createTempDir(),
      HEPHY_REGISTRY: `${company.network.hosts.registry}/empty`,
    };
    const place = await startJob(company, { ...asOnGitlab(company), ...fresh, ...env });
    return traceHephy(['build', '--images', 'api'], place);
  }

  test('a tool that is missing is looked for at the mirror and at the module proxy, and nowhere else', async () => {
    const { said, connections } = await buildWithoutTools({});
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('TOOL_MISSING') });
    expect(summarize(connections, company.network.reachable)).toEqual([...AT_FIRST, ...FOR_TOOLS].sort());
  });

  test('and nowhere at all where both are off', async () => {
    const { said, connections } = await buildWithoutTools({ HEPHY_TOOL_MIRROR: 'off', GOPROXY: 'off' });
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('TOOL_MISSING') });
    expect(summarize(connections, company.network.reachable)).toEqual(AT_FIRST);
  });

  test('the documents name every program and whom it asks', async () => {
    const rows = (await readProjectFile('docs/self-hosted.md')).matchAll(
      /^\| (hephy|git|go|ko) +\| ([^|]+?) +\|/gm,
    );
    const documented = [...rows].map(([, program, place]) => `${program} → ${place}`);
    expect(documented.sort()).toEqual([...new Set([...Object.values(ASKED).flat(), ...FOR_TOOLS])].sort());
  });
});

describe('behind a proxy', () => {
  let company: Company;
  beforeAll(async () => {
    company = await found('proxied');
  });
  afterAll(() => company.network.stop());

  test('everything goes through it, names are its own to look up, and it hears of nobody else', async () => {
    const asked = await runPipeline(company, await asOnGithub(company));
    expect([...new Set(Object.values(asked).flat())].sort()).toEqual(
      ['git', 'go', 'hephy', 'ko'].map((program) => `${program} → proxy`),
    );
    const { origin, upstreams, registry, ...more } = company.network.hosts;
    const named = [origin, upstreams, registry, more['base images'], more['module proxy']];
    expect(company.network.asked()).toEqual(named.map((host) => `${host}:443`).sort());
  });

  test('the authority of a company is trusted by NODE_EXTRA_CA_CERTS too, and else the error names both', async () => {
    const place = await startJob(company, { ...asOnGitlab(company), SSL_CERT_FILE: '' });
    const trusting = { ...place, env: { ...place.env, NODE_EXTRA_CA_CERTS: company.network.ca } };
    const prepared = await hephy(['prepare', '--json'], trusting);
    const input = prepared.stdout;
    const [first, second] = [trusting, place].map((one) =>
      hephy(['manifest', '--plan', '-'], { ...one, input }),
    );
    expect((await first)?.stderr).toContain('MANIFEST_MISSING_LEG');
    expect((await second)?.stderr).toContain('has a certificate that is not trusted here');
    expect((await second)?.stderr).toContain('NODE_EXTRA_CA_CERTS or SSL_CERT_FILE');
  });
});
