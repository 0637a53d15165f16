import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkoutHome } from '../support/file-systems.ts';
import { createTempDir, TEST_GIT_ENV } from '../support/git-repo.ts';
import type { Story } from './scenario.ts';
import { ORIGIN } from './shop.ts';

const run = promisify(execFile);

/** A machine's own copy of the repository: with all branches and their remote's, or as shallow as the story has it. */
export async function checkOut(story: Story, revision?: string): Promise<string> {
  const checkout = join(await createTempDir(checkoutHome()), 'shop');
  const git = (...args: string[]) => run('git', args, { cwd: checkout, env: TEST_GIT_ENV });
  if (story.depth === undefined)
    await cp(story.repo.dir, checkout, { recursive: true, verbatimSymlinks: true });
  else await cloneShallow(story, checkout);
  if (revision !== undefined) await git('checkout', '-q', '--detach', revision);
  return checkout;
}

async function cloneShallow({ origin, depth }: Story, checkout: string): Promise<void> {
  await run('git', ['clone', '-q', `--depth=${depth}`, `file://${origin}`, checkout], { env: TEST_GIT_ENV });
  await run('git', ['remote', 'set-url', 'origin', ORIGIN], { cwd: checkout, env: TEST_GIT_ENV });
}
