import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { GitRepo } from '../support/git-repo.ts';
import { crane, createGoShop } from '../support/go-shop.ts';
import { hephy, type Said } from '../support/hephy.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

let registry: TestRegistry;
let repo: GitRepo;
let shop: string;
let count = 0;

beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());
beforeEach(async () => {
  repo = await createGoShop(registry.host);
  shop = `${registry.host}/pulls${count++}`;
});

function build(...flags: string[]): Promise<Said> {
  return hephy(['build', '--date', '20261120', ...flags], { cwd: repo.dir });
}

/** As a pull request that changes `check` alone, which is built on `api`. */
function rehearse(...flags: string[]): Promise<Said> {
  return build('--no-push', '--images', 'check', ...flags);
}

describe('a run that may not publish', () => {
  test('builds on what was published before, and leaves nothing', async () => {
    expect(await build('--registry', shop, '--images', 'api')).toMatchObject({ code: 0 });
    const before = await crane('ls', shop);
    const said = await rehearse('--registry', shop, '--json');
    expect(said).toMatchObject({ code: 0 });
    expect(JSON.parse(said.stdout)).toMatchObject({
      pushed: false,
      images: [{ name: 'check', state: 'built', platforms: [{}, {}] }],
    });
    expect(said.stderr).toContain('copying the images that this run is built on: api-latest');
    expect(await crane('ls', shop)).toBe(before);
  });

  test('needs of it only the platforms that it builds', async () => {
    const amd64 = ['--registry', shop, '--platform', 'linux/amd64'];
    expect(await build(...amd64, '--images', 'api')).toMatchObject({ code: 0 });
    const [tag = ''] = (await crane('ls', shop)).split('\n').filter((each) => each.endsWith('-amd64'));
    await crane('tag', `${shop}:${tag}`, 'api-latest');
    expect(await rehearse(...amd64)).toMatchObject({ code: 0 });
    const both = await rehearse('--registry', shop);
    expect(both.code).toBe(1);
    expect(both.stderr).toContain('DEPENDENCY_MISSING');
    expect(both.stderr).toContain('linux/arm64');
  });

  test.each([
    ['was never published', () => shop, 'the registry has no api-latest'],
    ['no registry is named for', () => undefined, 'no registry is set to read it from'],
    ['the registry does not answer for', () => '127.0.0.1:1/shop', 'cannot talk to 127.0.0.1:1'],
  ])('does not begin where what it is built on %s', async (_why, named, said) => {
    const at = named();
    const failed = await rehearse(...(at === undefined ? [] : ['--registry', at]));
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('DEPENDENCY_MISSING');
    expect(failed.stderr).toContain('check is built on api, which is not part of this run');
    expect(failed.stderr).toContain(said);
    expect(failed.stderr).toContain('--images api,check');
    expect(failed.stderr).not.toContain('[check/');
  });
});
