import { expect, test } from '@jest/globals';
import { onlyTools } from '../support/fake-tool.ts';
import { createGitRepo, createTempDir, type GitRepo } from '../support/git-repo.ts';
import { hephy } from '../support/hephy.ts';
import { poison } from '../support/hostile-repository.ts';

async function createShop(): Promise<GitRepo> {
  const image = {
    'build-config.yaml': 'build_backend: buildkit\n',
    Dockerfile: 'FROM scratch\nCOPY a.txt /\n',
  };
  const files = Object.entries(image).map(([name, text]) => [`web/${name}`, text]);
  const repo = await createGitRepo({ ...Object.fromEntries(files), 'a.txt': '1', 'web/a.txt': '1' });
  await repo.write({ 'web/a.txt': '2' });
  await repo.commit();
  return repo;
}

const TO = ['--registry', '127.0.0.1:1/shop'];
const VERBS: readonly (readonly string[])[] = [
  ['plan', '--base', 'HEAD~1'],
  ['plan', '--all', '--json'],
  ['explain', '--all'],
  ['validate'],
  ['prepare', '--all', ...TO],
  ['build', '--all', ...TO],
  ['build', '--all', '--no-push'],
];

test.each(VERBS.map((verb) => [verb.join(' '), verb] as const))(
  'hephy %s runs nothing that the repository names',
  async (_, verb) => {
    const repo = await createShop();
    const marks = await poison(repo.dir);
    // Without an engine nothing is built, and all before it happens.
    const PATH = await onlyTools(['git', 'sh', 'touch', 'env']);
    const env = { PATH, HOME: await createTempDir(), HEPHY_TOOL_MIRROR: 'off' };
    const said = await hephy(verb, { cwd: repo.dir, env });
    expect(said.stderr + said.stdout).not.toMatch(/INTERNAL|GIT_FAILED|NOT_A_REPOSITORY/);
    expect(await marks()).toEqual([]);
  },
);

test('plain git in the same repository runs much of it', async () => {
  const repo = await createShop();
  const marks = await poison(repo.dir);
  await repo.git('status').catch(() => undefined);
  expect(await marks()).toEqual(expect.arrayContaining(['filter.evil.process']));
});
