import { describe, expect, test } from '@jest/globals';
import type { RunEvent } from '../domain/event.ts';
import { cloneShallow, createGitRepo, TEST_GIT_ENV, type GitRepo } from '../../test/support/git-repo.ts';
import { detectChanges } from './changes.ts';
import { findRepository } from './repository.ts';

const ZEROS = '0'.repeat(40);
const NONE: RunEvent = {
  kind: 'push',
  ref: 'HEAD',
  sha: null,
  before: null,
  target: null,
  defaultBranch: null,
  number: null,
  fromFork: false,
  images: [],
  buildNumber: null,
};

async function changesOf(repo: GitRepo, event: Partial<RunEvent>, base?: string) {
  const found = await findRepository(repo.dir, TEST_GIT_ENV);
  return detectChanges({ repo: found, event: { ...NONE, ...event }, base });
}

async function pathsOf(repo: GitRepo, event: Partial<RunEvent>, base?: string): Promise<readonly string[]> {
  return (await changesOf(repo, event, base)).files.map((file) => file.path);
}

async function addCommits(repo: GitRepo, count: number, prefix = 'filler'): Promise<string> {
  for (let at = 0; at < count - 1; at++) {
    await repo.write({ [`${prefix}/${at}`]: `${at}` });
    await repo.commit();
  }
  await repo.write({ [`${prefix}/last`]: '' });
  return repo.commit();
}

function countCommits(repo: GitRepo): Promise<number> {
  return repo.git('rev-list', '--count', '--all', 'HEAD').then(Number);
}

describe('push', () => {
  test('is compared with the commit before it, merges and all', async () => {
    const repo = await createGitRepo({ a: '1' });
    const before = await repo.git('rev-parse', 'HEAD');
    await repo.git('checkout', '-q', '-b', 'side');
    await repo.write({ side: '1' });
    await repo.commit();
    await repo.git('checkout', '-q', 'main');
    await repo.write({ b: '1' });
    await repo.commit();
    await repo.git('merge', '-q', '--no-edit', 'side');
    const sha = await repo.git('rev-parse', 'HEAD');
    const changes = await changesOf(repo, { ref: 'refs/heads/main', sha, before, defaultBranch: 'main' });
    expect(changes).toMatchObject({ base: before, everything: null });
    expect(changes.files.map((file) => file.path)).toEqual(['b', 'side']);
  });

  test('of a new branch is compared with where it left the default branch', async () => {
    const repo = await createGitRepo({ a: '1' });
    const fork = await repo.git('rev-parse', 'HEAD');
    await repo.git('checkout', '-q', '-b', 'feature/x');
    await repo.write({ b: '1' });
    const sha = await repo.commit();
    await repo.git('checkout', '-q', 'main');
    await addCommits(repo, 2);
    const event = { ref: 'refs/heads/feature/x', sha, before: ZEROS, defaultBranch: 'main' };
    expect(await changesOf(repo, event)).toMatchObject({ base: fork, files: [{ path: 'b' }] });
  });

  test('of a new branch without a commit of its own changed nothing', async () => {
    const repo = await createGitRepo({ a: '1' });
    const sha = await repo.git('rev-parse', 'HEAD');
    await repo.git('branch', 'same');
    const event = { ref: 'refs/heads/same', sha, before: ZEROS, defaultBranch: 'main' };
    expect(await changesOf(repo, event)).toMatchObject({ base: sha, everything: null, files: [] });
  });

  test('of the default branch itself has nothing to be compared with', async () => {
    const repo = await createGitRepo({ a: '1' });
    const sha = await repo.git('rev-parse', 'HEAD');
    const event = { ref: 'refs/heads/main', sha, before: ZEROS, defaultBranch: 'main' };
    expect(await changesOf(repo, event)).toMatchObject({
      base: null,
      everything: 'new branch: nothing to compare with',
    });
  });

  test('at a terminal has no commit before it, and is no new branch', async () => {
    const repo = await createGitRepo({ a: '1' });
    const fork = await repo.git('rev-parse', 'HEAD');
    const event = { ref: 'HEAD', sha: null, before: null, defaultBranch: null };
    expect(await changesOf(repo, event)).toMatchObject({ everything: 'nothing to compare with' });
    await repo.git('checkout', '-q', '-b', 'feature');
    await repo.commit();
    expect(await changesOf(repo, event)).toMatchObject({ base: fork, basis: 'merge base with main' });
  });

  test('after a force-push takes the old head from the remote', async () => {
    const repo = await createGitRepo({ a: '1' });
    const old = await addCommits(repo, 1, 'old');
    const bare = await repo.addBareRemote();
    await repo.git('reset', '-q', '--hard', 'HEAD^');
    await repo.write({ b: '1' });
    const sha = await repo.commit();
    await repo.git('push', '-q', '-f', 'origin', 'main');
    const clone = await cloneShallow(bare, 1000);
    const event = { ref: 'refs/heads/main', sha, before: old, defaultBranch: 'main' };
    expect(await changesOf(clone, event)).toMatchObject({
      base: old,
      files: [{ path: 'b' }, { path: 'old/last', status: 'deleted' }],
    });
    expect(await clone.git('rev-parse', '--is-shallow-repository')).toBe('false');
  });

  test('after a force-push whose old head is gone falls back to the merge base with the default branch', async () => {
    const repo = await createGitRepo({ a: '1' });
    const fork = await repo.git('rev-parse', 'HEAD');
    await repo.addBareRemote();
    await repo.git('checkout', '-q', '-b', 'feature');
    await repo.write({ b: '1' });
    const sha = await repo.commit();
    const event = { ref: 'refs/heads/feature', sha, before: 'd'.repeat(40), defaultBranch: 'main' };
    const changes = await changesOf(repo, event);
    expect(changes.base).toBe(fork);
    expect(changes.basis).toContain('gone');
  });

  test('in a shallow clone fetches the commit before it, and none of the history between', async () => {
    const repo = await createGitRepo({ a: '1' });
    await addCommits(repo, 20);
    const before = await repo.git('rev-parse', 'HEAD~10');
    const sha = await repo.git('rev-parse', 'HEAD');
    const clone = await cloneShallow(await repo.addBareRemote());
    const event = { ref: 'refs/heads/main', sha, before, defaultBranch: 'main' };
    const paths = await pathsOf(clone, event);
    expect(paths).toHaveLength(10);
    expect(await countCommits(clone)).toBe(1);
    expect(await clone.git('cat-file', '-t', `${before}`)).toBe('commit');
    await expect(clone.git('cat-file', '-t', `${before}^`)).rejects.toThrow();
  });
});

describe('merge request', () => {
  async function forked() {
    const repo = await createGitRepo({ a: '1', 'api/x': '1' });
    await addCommits(repo, 12, 'early');
    const fork = await repo.git('rev-parse', 'HEAD');
    await repo.git('checkout', '-q', '-b', 'feature');
    const head = await addCommits(repo, 3, 'feature');
    await repo.git('checkout', '-q', 'main');
    await addCommits(repo, 5, 'api');
    return { repo, fork, head };
  }

  test('is compared with the merge base, never with the tip of the target', async () => {
    const { repo, fork, head } = await forked();
    const changes = await changesOf(repo, { kind: 'merge_request', sha: head, target: 'main' });
    expect(changes.base).toBe(fork);
    expect(changes.files.map((file) => file.path)).toEqual(['feature/0', 'feature/1', 'feature/last']);
  });

  test('on the merge that the platform made shows the request alone', async () => {
    const { repo, head } = await forked();
    await repo.git('checkout', '-q', '--detach', 'main');
    await repo.git('merge', '-q', '--no-edit', head);
    const sha = await repo.git('rev-parse', 'HEAD');
    await repo.git('checkout', '-q', 'main');
    await addCommits(repo, 1, 'later');
    expect(await pathsOf(repo, { kind: 'merge_request', sha, target: 'main' })).toEqual([
      'feature/0',
      'feature/1',
      'feature/last',
    ]);
  });

  test('deepens a clone of depth 1 until the merge base is there, and no further', async () => {
    const { repo, fork, head } = await forked();
    const all = await countCommits(repo);
    const clone = await cloneShallow(await repo.addBareRemote(), 1, ['-b', 'feature']);
    const changes = await changesOf(clone, { kind: 'merge_request', sha: head, target: 'main' });
    expect(changes.base).toBe(fork);
    expect(changes.files).toHaveLength(3);
    // Depth 8 shows the merge base: 5 commits of one side, 3 of the other, and 5 that both have.
    expect(all).toBe(21);
    expect(await countCommits(clone)).toBe(13);
    expect(await clone.git('rev-parse', '--is-shallow-repository')).toBe('true');
  });

  test('builds what is checked out where the merge that the platform names is not there', async () => {
    const { repo, fork } = await forked();
    await repo.git('checkout', '-q', 'feature');
    const changes = await changesOf(repo, { kind: 'merge_request', sha: 'e'.repeat(40), target: 'main' });
    expect(changes).toMatchObject({ base: fork });
  });

  test('a target that is no branch name fetches nothing', async () => {
    const { repo, head } = await forked();
    const clone = await cloneShallow(await repo.addBareRemote(), 1, ['-b', 'feature']);
    for (const target of ['*', '--upload-pack=id', 'a:b', '-x', 'no such\nbranch']) {
      const changes = await changesOf(clone, { kind: 'merge_request', sha: head, target });
      expect(changes.everything).toContain('no common history');
    }
    expect(await countCommits(clone)).toBe(1);
  });

  test('takes any revision as its target', async () => {
    const { repo, head } = await forked();
    const changes = await changesOf(repo, { kind: 'merge_request', sha: head, target: `${head}~2` });
    expect(changes.files).toHaveLength(2);
  });

  test('without any common history counts everything as changed', async () => {
    const repo = await createGitRepo({ a: '1' });
    const head = await repo.git('rev-parse', 'HEAD');
    await repo.git('checkout', '-q', '--orphan', 'other');
    await repo.commit();
    const changes = await changesOf(repo, { kind: 'merge_request', sha: head, target: 'other' });
    expect(changes).toMatchObject({ base: null, everything: expect.stringContaining('no common history') });
  });
});

describe('tag, schedule, manual and an explicit base', () => {
  test('a tag is compared with the first parent of its commit, also in a clone of depth 1', async () => {
    const repo = await createGitRepo({ a: '1' });
    await addCommits(repo, 5);
    await repo.git('tag', '-a', '-m', 'v1', 'v1.0.0');
    const sha = await repo.git('rev-parse', 'HEAD');
    const event = { kind: 'tag', ref: 'refs/tags/v1.0.0', sha, before: ZEROS } as const;
    expect(await pathsOf(repo, event)).toEqual(['filler/last']);
    const clone = await cloneShallow(await repo.addBareRemote(), 1, ['-b', 'v1.0.0']);
    expect(await pathsOf(clone, event)).toEqual(['filler/last']);
    expect(await countCommits(clone)).toBe(2);
  });

  test('a tag on the first commit has nothing to be compared with', async () => {
    const repo = await createGitRepo({ a: '1' });
    const changes = await changesOf(repo, { kind: 'tag', ref: 'refs/tags/v1', before: ZEROS });
    expect(changes.everything).toContain('nothing to compare with');
  });

  test('schedules and manual runs compare nothing', async () => {
    const repo = await createGitRepo({ a: '1' });
    const sha = await addCommits(repo, 1);
    for (const kind of ['schedule', 'manual'] as const) {
      expect(await changesOf(repo, { kind, sha })).toMatchObject({ base: null, everything: null, files: [] });
    }
  });

  test('a base that is named is used as it is', async () => {
    const repo = await createGitRepo({ a: '1' });
    await addCommits(repo, 3);
    expect(await pathsOf(repo, { sha: 'HEAD' }, 'HEAD~1')).toEqual(['filler/last']);
    expect(await pathsOf(repo, { kind: 'merge_request', sha: 'HEAD^' }, 'HEAD')).toEqual(['filler/last']);
  });

  test.each(['nope', '-x', '--all', 'a\nb', '', 'HEAD^{tree}', '$(id)', 'HEAD:a'])(
    'no commit: %j',
    async (base) => {
      const repo = await createGitRepo({ a: '1' });
      const found = changesOf(repo, { sha: base === '' ? 'f'.repeat(40) : 'HEAD' }, base);
      await expect(found).rejects.toThrowWithCode('GIT_REVISION');
    },
  );
});

test('a repository without a commit says so', async () => {
  const repo = await createGitRepo();
  await expect(changesOf(repo, {})).rejects.toThrowWithCode('GIT_REVISION');
});
