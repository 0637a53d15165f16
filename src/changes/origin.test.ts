import { afterAll, expect, test } from '@jest/globals';
import { createGitRepo, type GitRepo } from '../../test/support/git-repo.ts';
import { findRepository } from './repository.ts';
import { readOrigin, webAddress } from './origin.ts';

const repos: GitRepo[] = [];
afterAll(() => Promise.all(repos.map((repo) => repo.cleanup())));

async function originOf(remote: string | null): Promise<Awaited<ReturnType<typeof readOrigin>>> {
  const repo = await createGitRepo({ 'a.txt': 'a' });
  repos.push(repo);
  if (remote !== null) await repo.git('remote', 'add', 'origin', remote);
  return readOrigin(await findRepository(repo.dir, process.env));
}

test('credentials never reach the label', async () => {
  expect(await originOf('https://ci:glpat-secret@gitlab.example/acme/shop.git')).toEqual({
    url: 'https://gitlab.example/acme/shop',
    name: 'shop',
  });
});

test('without a remote the folder gives the name', async () => {
  const { url, name } = await originOf(null);
  expect(url).toBe(null);
  expect(name).not.toBe('');
});

test.each([
  ['git@github.com:acme/shop.git', 'https://github.com/acme/shop'],
  ['ssh://git@git.example:2222/acme/shop', 'https://git.example/acme/shop'],
  ['https://ghe.example:8443/acme/shop/', 'https://ghe.example:8443/acme/shop'],
  ['/srv/git/shop.git', null],
  ['file:///srv/git/shop.git', null],
])('%s is at %s', (remote, page) => {
  expect(webAddress(remote)).toBe(page);
});
