import { afterAll, beforeAll, expect } from '@jest/globals';
import { startBuildkitd } from '../support/buildkitd.ts';
import { pushBusybox } from '../support/busybox-base.ts';
import { commitLongAgo } from '../support/docker-shop.ts';
import { createGitRepo, type GitRepo } from '../support/git-repo.ts';
import { crane } from '../support/go-shop.ts';
import { hephy, type Said } from '../support/hephy.ts';
import { testWith } from '../support/requirements.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
  await pushBusybox(`${registry.host}/base:latest`);
});
afterAll(() => registry.stop());

async function createWeb(backend: string): Promise<GitRepo> {
  const repo = await createGitRepo();
  await repo.write({
    'web/build-config.yaml': `build_backend: ${backend}\nplatforms: [linux/amd64]\n`,
    'web/Dockerfile': `FROM ${registry.host}/base:latest\nRUN echo slow > /slow\nCOPY page.html /\nRUN cat /page.html > /again\n`,
    'web/page.html': 'one\n',
  });
  await commitLongAgo(repo);
  return repo;
}

/** By a builder that knows nothing yet, so that a layer that is not built again came from the registry. */
async function build(repo: GitRepo, shop: string, ...flags: string[]): Promise<Said> {
  const builder = await startBuildkitd();
  try {
    const args = ['build', '--all', '--registry', `${registry.host}/${shop}`, ...flags];
    return await hephy(args, { cwd: repo.dir, env: { BUILDKIT_HOST: builder.address } });
  } finally {
    await builder.stop();
  }
}

/** Everything that a registry has, and what each name stands for. */
async function takeStock(): Promise<readonly string[]> {
  const names = (await crane('catalog', registry.host)).split('\n');
  const stock = names.map(async (name) => {
    const tags = (await crane('ls', `${registry.host}/${name}`)).split('\n');
    const digests = tags.map((tag) => crane('digest', `${registry.host}/${name}:${tag}`));
    return (await Promise.all(digests)).map((digest, at) => `${name}:${tags[at] ?? ''} ${digest}`);
  });
  return (await Promise.all(stock)).flat();
}

for (const [backend, reused] of [
  ['buildkit', /#(\d+) \[2\/4\] RUN echo slow[^]*#\1 extracting sha256/],
  ['kaniko', /Using caching version of cmd: RUN echo slow/],
] as const) {
  const title = `${backend} without publishing takes layers from the registry, and keeps none`;
  testWith(['busybox', backend], title, async () => {
    const repo = await createWeb(backend);
    expect(await build(repo, backend)).toMatchObject({ code: 0 });
    const before = await takeStock();
    expect(before.some((entry) => entry.includes('cache'))).toBe(true);
    await repo.write({ 'web/page.html': 'two\n' });
    await repo.commit();
    const said = await build(repo, backend, '--no-push');
    expect(said).toMatchObject({ code: 0 });
    expect(said.stderr).toMatch(reused);
    expect(await takeStock()).toEqual(before);
  });
}
