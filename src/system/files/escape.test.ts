import { expect, test } from '@jest/globals';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempDir } from '../../../test/support/git-repo.ts';
import { findEscape } from './escape.ts';

test('names the link that leaves, and no other', async () => {
  const root = join(await createTempDir(), 'repo');
  await mkdir(join(root, 'a/b'), { recursive: true });
  await mkdir(`${root}-beside`);
  await writeFile(join(root, 'a/Dockerfile'), '');
  await symlink('../a', join(root, 'a/b/inside'));
  await symlink('/etc', join(root, 'a/absolute'));
  await symlink('../repo-beside', join(root, 'sibling'));
  await symlink('absolute', join(root, 'a/twice'));
  await symlink('..', join(root, 'above'));
  await symlink('../nowhere', join(root, 'dangling'));
  const answers = {
    '.': undefined,
    'a/Dockerfile': undefined,
    'a/b/inside/Dockerfile': undefined,
    'missing/x': undefined,
    dangling: undefined,
    'a/absolute': 'a/absolute',
    'a/absolute/passwd': 'a/absolute',
    'a/twice/passwd': 'a/twice',
    sibling: 'sibling',
    above: 'above',
    'above/repo/a': 'above',
  };
  for (const [path, link] of Object.entries(answers))
    expect([path, await findEscape(root, path)]).toEqual([path, link]);
});
