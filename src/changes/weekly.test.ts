import { expect, test } from '@jest/globals';
import { createGitRepo, TEST_GIT_ENV } from '../../test/support/git-repo.ts';
import { findRepository } from './repository.ts';
import { openTree } from './tree.ts';
import { parseWeekly, readWeekly } from './weekly.ts';

const IMAGES = [
  { name: 'curl', dir: 'curl' },
  { name: 'services-api', dir: 'services/api' },
  { name: 'shop', dir: '.' },
];

test('names and directories, comments, blank lines, Windows line ends and a byte order mark', () => {
  const text = '\ufeff# weekly\r\ncurl\r\n\r\n  ./services/api/ # the API\r\nservices-api\r\n#shop\r\n.\r\n';
  expect(parseWeekly(text, IMAGES)).toEqual({ names: ['curl', 'services-api', 'shop'], warnings: [] });
});

test('an unknown name is a warning with its line and a guess', () => {
  expect(parseWeekly('curl\ncrul\n\x1b[31mzzzzzzzz\n', IMAGES)).toEqual({
    names: ['curl'],
    warnings: [
      'rebuild-weekly.txt:2: image "crul" does not exist, did you mean "curl"?',
      'rebuild-weekly.txt:3: image "\\x1b[31mzzzzzzzz" does not exist',
    ],
  });
});

test('the file is read from the tree, and a missing one is an error', async () => {
  const repo = await createGitRepo({ 'rebuild-weekly.txt': 'curl\n' });
  const tree = await openTree(await findRepository(repo.dir, TEST_GIT_ENV), 'HEAD');
  expect(await readWeekly(tree, IMAGES)).toEqual({ names: ['curl'], warnings: [] });
  await repo.remove(['rebuild-weekly.txt']);
  const without = await openTree(await findRepository(repo.dir, TEST_GIT_ENV), null);
  await expect(readWeekly(without, IMAGES)).rejects.toThrowWithCode('SCHEDULE_FILE');
});
