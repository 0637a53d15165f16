import { execFile } from 'node:child_process';
import { cp, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createTempDir, TEST_GIT_ENV } from './git-repo.ts';
import { BUNDLE } from './hephy.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** All that a run elsewhere may fetch of this project. */
const SHIPPED = ['action.yml', 'dist', '.github/workflows', 'gitlab', 'templates', 'README.md'];

/**
 * What the platforms would serve of this project: only what git tracks, so that a file that nobody added is missing in
 * the test as well; with the bundle under test. A repository with the tag `2.0.0` and the branch `v2`.
 */
export async function exportProject(): Promise<string> {
  const target = join(await createTempDir(), 'hephy-builder');
  const { stdout } = await run('git', ['ls-files', '-z', '--', ...SHIPPED], { cwd: ROOT, env: TEST_GIT_ENV });
  for (const path of stdout.split('\0').filter((one) => one !== '')) {
    await mkdir(dirname(join(target, path)), { recursive: true });
    await cp(join(ROOT, path), join(target, path));
  }
  await cp(BUNDLE, join(target, 'dist/index.js'));
  const git = (...args: string[]) => run('git', args, { cwd: target, env: TEST_GIT_ENV });
  await git('init', '-q', '-b', 'v2');
  await git('add', '-A', '--force');
  await git('commit', '-q', '-m', 'release');
  await git('tag', '2.0.0');
  return target;
}
