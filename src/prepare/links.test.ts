import { beforeEach, describe, expect, test } from '@jest/globals';
import { createGitRepo, type GitRepo } from '../../test/support/git-repo.ts';
import { invokedIn } from '../../test/support/invoked.ts';
import { HephyErrors } from '../errors.ts';
import { type Prepared, prepare } from './prepare.ts';

const FILES = {
  'shared/config': 'platforms: [linux/amd64]\nadditional_tags: [shared]\n',
  'shared/Dockerfile': 'ARG BASE\nFROM scratch\nRUN --mount=type=cache,target=/c true\n',
  'shared/page.md': 'hello',
  'other/build-config.yaml': '{}\n',
  'other/Dockerfile': 'FROM scratch\n',
  'go/build-config.yaml': 'build_backend: ko\n',
  'go/go.mod': 'module example.com/go\n\ngo 1.22\n',
  'go/main.go': 'package main\n\nfunc main() {}\n',
  'wide/build-config.yaml': 'context_path: ../here\n',
  'real/Dockerfile': 'FROM scratch\n',
};

let repo: GitRepo;
beforeEach(async () => {
  repo = await createGitRepo(FILES);
});

async function run(sha?: string): Promise<Prepared> {
  const invoked = invokedIn(repo.dir, { PATH: '/usr/bin:/bin' });
  const flags = { ...invoked.flags, base: 'HEAD~1', ...(sha && { head: sha }) };
  return prepare({ ...invoked, flags }, { upstreams: 'optional', planAll: true });
}

async function affected(): Promise<readonly string[]> {
  await repo.commit();
  const { verdicts } = await run();
  return [...verdicts].flatMap(([name, verdict]) => (verdict.affected ? [name] : [])).sort();
}

describe('links inside of the repository', () => {
  beforeEach(async () => {
    await repo.link('app/build-config.yaml', '../shared/config');
    await repo.link('app/Dockerfile', '../near/Dockerfile');
    await repo.link('near', 'shared');
    await repo.link('here', 'real');
    await repo.link('go/kodata/page.md', '../../shared/page.md');
    await repo.commit();
  });

  test('config and Dockerfile are read through them, in a commit and in the working tree', async () => {
    for (const sha of ['HEAD', undefined]) {
      const { plan } = await run(sha);
      const app = plan.images.find(({ name }) => name === 'app');
      expect(app).toMatchObject({ backend: 'buildkit', source: { context: 'app' } });
      expect(app?.tags).toContain('app-shared');
    }
  });

  test('a change of what a link leads to counts, and of the link', async () => {
    await repo.write({ 'shared/config': 'platforms: [linux/amd64]\n' });
    expect(await affected()).toEqual(['app']);
    await repo.write({ 'shared/Dockerfile': 'FROM busybox\n' });
    expect(await affected()).toEqual(['app']);
    await repo.write({ 'shared/page.md': 'world' });
    expect(await affected()).toEqual(['go']);
    await repo.write({ 'real/file': 'new' });
    expect(await affected()).toEqual(['wide']);
    await repo.write({ 'shared/none': 'nobody reads this' });
    expect(await affected()).toEqual([]);
    await repo.remove(['near', 'here']);
    await repo.link('near', 'other');
    await repo.link('here', 'other');
    expect(await affected()).toEqual(['app', 'wide']);
  });
});

test.each([
  ['a/build-config.yaml', 'CONFIG_PATH'],
  ['a/Dockerfile', 'CONFIG_DOCKERFILE'],
  ['.hephy/project.yaml', 'CONFIG_PATH'],
])('%s that leads nowhere is an error that names the link and its target', async (path, code) => {
  await repo.link('here', 'real');
  const others = { 'a/build-config.yaml': '{}\n', 'a/Dockerfile': 'FROM scratch\n' };
  await repo.write(Object.fromEntries(Object.entries(others).filter(([other]) => other !== path)));
  for (const target of ['../../../outside', '/etc/passwd', 'absent', '../shared', '../a/loop']) {
    await repo.link(path, target);
    await repo.link('a/loop', 'loop');
    await repo.commit();
    for (const sha of ['HEAD', undefined]) {
      const error: unknown = await run(sha).catch((reason: unknown) => reason);
      const problems = error instanceof HephyErrors ? error.problems : [error];
      expect(problems).toMatchObject([{ code, message: expect.stringContaining(`${path} -> ${target}`) }]);
    }
    await repo.remove([path, 'a/loop']);
  }
});
