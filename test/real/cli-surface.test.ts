import { spawn } from 'node:child_process';
import { chmod, chown, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { VERBS } from '../../src/cli/verbs.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { checkoutHome } from '../support/file-systems.ts';
import { createGitRepo, createTempDir, type GitRepo } from '../support/git-repo.ts';
import { BUNDLE, hephy, type Said } from '../support/hephy.ts';
import { testWith } from '../support/requirements.ts';

const DATA = ['plan', 'explain', 'validate', 'doctor'] as const;
const IMAGES = {
  'api/build-config.yaml': 'additional_tags: [latest]\n',
  'api/Dockerfile': 'FROM scratch\n',
  'web/build-config.yaml': '{}\n',
  'web/Dockerfile': 'FROM alpine:3.22\n',
};

let repo: GitRepo;
beforeAll(async () => {
  repo = await createGitRepo(IMAGES);
});

/** Whatever is asked, the answer is calm: no stack trace and no fault of ours. */
async function ask(args: readonly string[], cwd = repo.dir, env = {}): Promise<Said> {
  const said = await hephy(args, { cwd, env });
  expect(said.stdout + said.stderr).not.toMatch(/^ +at .*:\d+:\d+|INTERNAL|node:internal/m);
  return said;
}

function namesOf(said: Said): readonly string[] {
  const plan: Plan = JSON.parse(said.stdout);
  return plan.images.map(({ name }) => name);
}

describe('help', () => {
  test.each(VERBS.map(({ name }) => name))('of %s: what it is for, its flags, an example', async (verb) => {
    const said = await ask([verb, '--help']);
    expect(said).toMatchObject({ code: 0, stderr: '' });
    expect(said.stdout).toMatch(new RegExp(`^hephy ${verb}: .+\n\nUsage: hephy ${verb}`));
    expect(said.stdout).toContain(`Examples:\n  hephy ${verb}`);
    expect(await ask(['help', verb])).toEqual(said);
    for (const line of said.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  test('of all, and the version', async () => {
    const { stdout } = await ask([]);
    for (const { name } of VERBS) expect(stdout).toContain(`\n  ${name} `);
    expect(await ask(['--help'])).toMatchObject({ code: 0, stdout });
    expect((await ask(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

test.each([
  [['biuld'], 'did you mean "build"'],
  [['plan', '--jsno'], 'did you mean --json'],
  [['plan', '-x'], '-x'],
  [['plan', 'api'], 'api'],
  [['plan', '--images'], '--images'],
  [['plan', '--images', 'api', '--images', 'web'], 'given twice'],
  [['plan', '--images', 'api', '--all'], 'cannot be used together'],
  [['plan', '--event', 'pusch'], 'did you mean push'],
  [['plan', '--date', '20260230'], '20260230'],
  [['plan', '--base', '--upload-pack=x'], '--upload-pack'],
  [['plan', '--base=--upload-pack=x'], '--upload-pack=x'],
  [['plan', '--head', 'nosuch'], 'nosuch'],
  [['plan', '--images', 'apy'], 'did you mean "api"'],
  [['plan', '--layout', 'tga'], 'did you mean "tag"'],
  [['plan', '--backend', 'koo'], 'did you mean "ko"'],
  [['explain', 'apy'], 'did you mean "api"'],
  [['build', '--platform', 'linux/arm46'], 'did you mean linux/arm64'],
  [['build', '--jobs', '0'], '--jobs 0'],
  [['build', '--output', 'tar:x'], 'oci:DIR'],
  [['build', '--registry', 'HTTPS://x/y'], 'host/path'],
  [['manifest'], '--plan'],
  [['manifest', '--plan', 'nosuch.json'], 'nosuch.json'],
  [['registry', 'restart'], 'start or stop'],
  [['schema', 'foo'], 'there is no schema'],
] as const)('%j is told in a word, with exit 2', async (args, word) => {
  const said = await ask(args);
  expect(said).toMatchObject({ code: 2, stdout: '' });
  expect(said.stderr).toContain(word);
  expect(said.stderr.trim().split('\n').length).toBeLessThanOrEqual(3);
});

describe('--json', () => {
  test.each(DATA)('of %s is one document, alone on standard output', async (verb) => {
    const said = await ask([verb, '--json']);
    expect(said).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(said.stdout)).toBeTruthy();
  });

  test.each([...DATA.filter((verb) => verb !== 'doctor'), 'build'])(
    'of %s tells errors the same way',
    async (verb) => {
      const said = await ask([verb, '--json'], await createTempDir());
      expect(said).toMatchObject({ code: 2, stderr: '' });
      const { errors }: { errors: unknown[] } = JSON.parse(said.stdout);
      expect(errors).toEqual([
        expect.objectContaining({ code: 'NOT_A_REPOSITORY', hint: expect.any(String) }),
      ]);
    },
  );

  test('tells a mistake on the command line, too', async () => {
    const { stdout, code } = await ask(['plan', '--json', '--nosuch']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ errors: [{ code: 'USAGE' }] });
  });
});

test('colours only where they are wanted', async () => {
  expect((await ask(['plan'])).stdout).not.toContain('\x1b');
  expect((await ask(['plan'], repo.dir, { FORCE_COLOR: '1' })).stdout).toContain('\x1b[');
  expect((await ask(['plan'], repo.dir, { NO_COLOR: '1' })).stdout).not.toContain('\x1b');
});

test('a stack trace only for who asks for one', async () => {
  const debug = await hephy(['plan', '--base', 'nosuch'], { cwd: repo.dir, env: { HEPHY_DEBUG: '1' } });
  expect(debug).toMatchObject({ code: 2, stderr: expect.stringMatching(/^ +at .*:\d+/m) });
});

test('a reader that leaves early is no error', async () => {
  const many = await createGitRepo(
    Object.fromEntries(
      Array.from({ length: 400 }, (_, at) => [
        [`image${at}/build-config.yaml`, '{}\n'],
        [`image${at}/Dockerfile`, 'FROM scratch\n'],
      ]).flat(),
    ),
  );
  const script = '"$0" "$1" plan --json | head -n 1; exit "${PIPESTATUS[0]}"';
  const child = spawn('bash', ['-c', script, process.execPath, BUNDLE], { cwd: many.dir });
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect({ code, said: Buffer.concat(said).toString('utf8') }).toEqual({ code: 0, said: '{\n' });
});

describe('a repository', () => {
  test('that is none', async () => {
    const said = await ask(['plan'], await createTempDir());
    expect(said).toMatchObject({ code: 2, stderr: expect.stringContaining('NOT_A_REPOSITORY') });
  });

  test('without a commit', async () => {
    const empty = await createGitRepo();
    const said = await ask(['plan'], empty.dir);
    expect(said).toMatchObject({ code: 2, stderr: expect.stringContaining('no commit yet') });
  });

  test('without an image', async () => {
    const plain = await createGitRepo({ 'README.md': '' });
    const said = await ask(['plan'], plain.dir);
    expect(said).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing to build.') });
    expect(await ask(['build'], plain.dir)).toMatchObject({ code: 0 });
  });

  test('that is bare: planned, not built', async () => {
    const bare = await (await createGitRepo(IMAGES)).addBareRemote();
    expect(namesOf(await ask(['plan', '--json'], bare))).toEqual(['api', 'web']);
    const said = await ask(['build'], bare);
    expect(said).toMatchObject({ code: 2, stderr: expect.stringContaining('nothing is checked out') });
  });

  test('from a folder in it', async () => {
    expect(namesOf(await ask(['plan', '--json'], join(repo.dir, 'api')))).toEqual(['api', 'web']);
  });

  test('with a detached HEAD, and as a second worktree', async () => {
    const tree = join(await createTempDir(), 'tree');
    await repo.git('worktree', 'add', '-q', '--detach', tree);
    const said = await ask(['plan', '--json'], tree);
    expect(namesOf(said)).toEqual(['api', 'web']);
    expect(JSON.parse(said.stdout)).toMatchObject({ run: { ref: 'HEAD' } });
  });

  // Only root can give files away, and an unprivileged user has nobody else's repository to try.
  testWith(['root'], 'of another owner is refused, unless the CI platform checked it out', async () => {
    const theirs = await createGitRepo(IMAGES);
    for (const path of [theirs.dir, join(theirs.dir, '.git')]) await chown(path, 65534, 65534);
    expect((await ask(['plan', '--json'], theirs.dir)).code).not.toBe(0);
    const env = { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: theirs.dir };
    const said = await hephy(['plan', '--all', '--json'], { cwd: theirs.dir, env });
    expect(namesOf(said)).toEqual(['api', 'web']);
  });

  test.each(['with space', 'ünïcødé ☃', 'a\nnewline', '$(touch x)`y`;"z"', '-x', '*'])(
    'in a folder called %j',
    async (name) => {
      const made = await createGitRepo(IMAGES);
      const moved = join(await createTempDir(checkoutHome()), name);
      await rename(made.dir, moved);
      expect(namesOf(await ask(['plan', '--json'], moved))).toEqual(['api', 'web']);
      expect(await ask(['explain', 'api'], join(moved, 'api'))).toMatchObject({ code: 0 });
    },
  );

  test('whose folder cannot be read', async () => {
    const closed = join(await createTempDir(), 'closed');
    await mkdir(closed);
    await writeFile(join(closed, '.git'), 'gitdir: /nonexistent\n');
    await chmod(join(closed, '.git'), 0o400);
    expect(await ask(['plan'], closed)).toMatchObject({ code: 2 });
  });
});

test.each(['x/$(touch${IFS}y)', 'a;id&`z`', 'x/--upload-pack=y', "it's", 'ü', `${'long/'.repeat(30)}end`])(
  'a branch called %j',
  async (branch) => {
    const named = await createGitRepo({
      ...IMAGES,
      'api/build-config.yaml': 'additional_tags: ["${BRANCH_NAME}"]\n',
    });
    await named.git('checkout', '-q', '-b', branch);
    const said = await ask(['plan', '--json', '--base', 'main', '--all'], named.dir);
    const plan: Plan = JSON.parse(said.stdout);
    expect(plan.run.ref).toBe(`refs/heads/${branch}`);
    for (const tag of plan.images.flatMap(({ tags }) => tags)) expect(tag).toMatch(/^[\w][\w.-]{0,127}$/);
  },
);

test('files with hostile names are files', async () => {
  const names = [
    '-x',
    ' a ',
    'a\nb',
    'a\tb',
    '$(touch y)`z`;\'q"',
    'ü☃',
    '*',
    '--upload-pack=z',
    'x\x1b[31m',
  ];
  const odd = await createGitRepo(IMAGES);
  await odd.write(Object.fromEntries(names.map((name) => [`api/${name}`, name])));
  await odd.commit();
  const text = await ask(['plan', '--base', 'HEAD~1'], odd.dir);
  expect(text.code).toBe(0);
  expect(text.stdout).not.toContain('\x1b');
  const plan: Plan = JSON.parse((await ask(['plan', '--json', '--base', 'HEAD~1'], odd.dir)).stdout);
  expect(plan.images.map(({ name, why }) => [name, why])).toEqual([
    ['api', expect.stringMatching(/^changed: api\/.* and 8 more$/)],
  ]);
});
