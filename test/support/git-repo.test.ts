import { expect, test } from '@jest/globals';
import { cloneShallow, createGitRepo } from './git-repo.ts';

test('the same files and commits have the same SHAs', async () => {
  const files = { 'a/b.txt': 'one', 'with space': 'two' };
  const [first, second] = await Promise.all([createGitRepo(files), createGitRepo(files)]);
  await first.write({ c: 'three' });
  await second.write({ c: 'three' });
  expect(await first.commit()).toBe(await second.commit());
});

test('a shallow clone of a bare remote has one commit', async () => {
  const repo = await createGitRepo({ a: '1' });
  await repo.write({ a: '2' });
  await repo.commit();
  const clone = await cloneShallow(await repo.addBareRemote());
  expect(await clone.git('rev-list', '--count', 'HEAD')).toBe('1');
});
