import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { cloneShallow, createGitRepo, type GitRepo, TEST_GIT_ENV } from '../../test/support/git-repo.ts';
import { type History, openHistory } from './history.ts';
import { findRepository } from './repository.ts';

/** `a` ← `b` ← `c` on main, and `side` beside `b`. */
let origin: string;
let commits: Record<'a' | 'b' | 'c' | 'side', string>;
let repo: GitRepo;
const opened: History[] = [];

beforeEach(async () => {
  repo = await createGitRepo();
  const a = await repo.commit();
  await repo.git('switch', '-qc', 'side');
  const side = await repo.commit('side');
  await repo.git('switch', '-q', 'main');
  const b = await repo.commit();
  await repo.git('tag', '-am', 'x', 'v1');
  const c = await repo.commit();
  commits = { a, b, c, side };
  origin = await repo.addBareRemote();
});
afterEach(() => Promise.all(opened.splice(0).map((history) => history.close())));

async function open(cwd: string): Promise<History> {
  const history = openHistory({ repo: await findRepository(cwd, TEST_GIT_ENV), env: TEST_GIT_ENV });
  opened.push(history);
  return history;
}

async function relations(history: History): Promise<readonly string[]> {
  const { a, b, c, side } = commits;
  return Promise.all([b, a, c, side, '1'.repeat(40)].map((theirs) => history.relation(b, theirs)));
}

test('a whole clone answers by itself', async () => {
  expect(await relations(await open(repo.dir))).toEqual(['same', 'older', 'newer', 'diverged', 'gone']);
});

test('a clone of one commit asks its origin, and stays as it is', async () => {
  const shallow = await cloneShallow(origin);
  expect(await relations(await open(shallow.dir))).toEqual(['same', 'older', 'newer', 'diverged', 'gone']);
  expect(await shallow.git('rev-list', '--all', '--count')).toBe('1');
  expect(await shallow.git('config', '--get-regexp', '^remote')).not.toContain('promisor');
});

test('without an origin that can be reached nobody knows', async () => {
  const shallow = await cloneShallow(origin);
  await shallow.git('remote', 'set-url', 'origin', 'file:///nonexistent');
  const history = await open(shallow.dir);
  expect(await history.relation(commits.c, commits.a)).toBe('unknown');
  expect(await history.refs()).toBeUndefined();
});

test('refs are those of the origin now, git tags by their commits', async () => {
  const shallow = await cloneShallow(origin);
  const refs = await (await open(shallow.dir)).refs();
  expect(refs?.defaultBranch).toBe('main');
  expect(refs?.commits.get('refs/heads/main')).toBe(commits.c);
  expect(refs?.commits.get('refs/tags/v1')).toBe(commits.b);
});

test('a repository without an origin has its own', async () => {
  await repo.git('remote', 'remove', 'origin');
  const history = await open(repo.dir);
  expect((await history.refs())?.commits.get('refs/tags/v1')).toBe(commits.b);
  expect(await history.relation(commits.b, '1'.repeat(40))).toBe('gone');
});

test('what is newer is listed, the newest first', async () => {
  const shallow = await cloneShallow(origin);
  expect(await (await open(shallow.dir)).listNewer(commits.a, commits.c)).toEqual([commits.c, commits.b]);
});
