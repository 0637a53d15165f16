import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createGitRepo, createTempDir } from '../support/git-repo.ts';
import { VERSION } from '../../src/version.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/hephy.js', import.meta.url));

async function launch(args: readonly string[], cwd: string, cache: string): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: cache, XDG_CACHE_HOME: cache };
  return (await promisify(execFile)(LAUNCHER, [...args], { cwd, env })).stdout;
}

test('the launcher runs the bundle, and keeps what Node compiled in the cache of the user', async () => {
  const cache = await createTempDir();
  expect(await launch(['--version'], cache, cache)).toBe(`${VERSION}\n`);
  const keeps = Number(process.versions.node.split('.')[0]) >= 22;
  const kept = await readdir(join(cache, 'hephy-builder', 'compiled')).catch(() => []);
  expect(kept.length > 0).toBe(keeps);
});

test('a plan is the same through the launcher', async () => {
  const cache = await createTempDir();
  const { dir } = await createGitRepo({ 'web/build-config.yaml': '', 'web/Dockerfile': 'FROM scratch\n' });
  const plan = JSON.parse(await launch(['plan', '--all', '--json'], dir, cache));
  expect(plan.images).toMatchObject([{ name: 'web' }]);
});
