import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from '@jest/globals';
import { createGitRepo, type GitRepo } from './support/git-repo.ts';

const SCRIPT = fileURLToPath(new URL('../script/check-release.mjs', import.meta.url));
const BUNDLE = "console.log('2.1.0');\n";
const SHA256 = createHash('sha256').update(BUNDLE).digest('hex');
const INCLUDE = `source: https://example.com/v2.1.0/hephy.mjs\nsha256: ${SHA256}\n`;

let repo: GitRepo;
beforeEach(async () => {
  repo = await createGitRepo({
    'package.json': '{"type": "module", "version": "2.1.0"}',
    'package-lock.json': '{"version": "2.1.0"}',
    'dist/index.js': BUNDLE,
    'gitlab/hephy-build.yml': INCLUDE,
    'templates/build.yml': INCLUDE,
  });
});

function check(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, ...args], { cwd: repo.dir }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

test('what says its version everywhere is the release', async () => {
  expect(await check('v2.1.0')).toEqual({ code: 0, stdout: '', stderr: '' });
});

test.each([
  ['package.json', '{"type": "module", "version": "2.0.9"}'],
  ['package-lock.json', '{"version": "2.0.9"}'],
  ['dist/index.js', "console.log('2.0.9');\n"],
  ['dist/index.js', `${BUNDLE}// changed\n`],
  ['gitlab/hephy-build.yml', INCLUDE.replace('v2.1.0', 'v2.0.9')],
  ['templates/build.yml', INCLUDE.replace(SHA256, '0'.repeat(64))],
])('%s that is another one is named', async (path, content) => {
  await repo.write({ [path]: content });
  const { code, stderr } = await check('v2.1.0', '--major');
  expect(code).toBe(1);
  expect(stderr).toContain(
    path === 'dist/index.js' && content.includes('changed') ? 'fetches another' : path,
  );
});

test.each([
  ['v2.1.0', ['v2.0.0', 'v2.0.10'], 'v2'],
  ['v2.1.0', ['v3.0.0', 'v2.9.0-rc.1', 'v2.1.0'], 'v2'],
  ['v2.1.0', ['v2.1.1'], ''],
  ['v2.1.0', ['v2.10.0'], ''],
])('%s among %j moves %j', async (tag, others, moved) => {
  for (const other of others) await repo.git('tag', other);
  expect(await check(tag, '--major')).toMatchObject({ code: 0, stdout: moved });
});

test('a release candidate moves nothing', async () => {
  const version = '2.1.0-rc.1';
  await repo.write({
    'package.json': `{"type": "module", "version": "${version}"}`,
    'package-lock.json': `{"version": "${version}"}`,
    'dist/index.js': `console.log('${version}');\n`,
  });
  await repo.remove(['gitlab', 'templates']);
  expect(await check(`v${version}`, '--major')).toEqual({ code: 0, stdout: '', stderr: '' });
});
