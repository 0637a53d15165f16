import { afterAll } from '@jest/globals';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkoutHome } from './file-systems.ts';

/** A real repository in a temporary folder, gone when the test file ends. */
export interface GitRepo {
  readonly dir: string;
  /** Paths from the root → contents; folders are made. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  link(path: string, target: string): Promise<void>;
  remove(paths: readonly string[]): Promise<void>;
  /** Everything in the working tree; gives the SHA. Dates run from a fixed start, a minute a commit. */
  commit(message?: string): Promise<string>;
  /** Standard output without its last newline; fails with git's own words. */
  git(...args: string[]): Promise<string>;
  /** A bare remote `name` beside it, with every branch and tag pushed; gives its folder. */
  addBareRemote(name?: string): Promise<string>;
  cleanup(): Promise<void>;
}

/** No configuration but this: a test must not depend on the machine's. */
export const TEST_GIT_ENV = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
  // Of what is not made by `commit`: merges, annotated tags.
  GIT_AUTHOR_DATE: '1795176000 +0000',
  GIT_COMMITTER_DATE: '1795176000 +0000',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ALLOW_PROTOCOL: 'file',
} as const;

const START = Date.UTC(2026, 10, 20, 12) / 1000;
const made = new Set<string>();
afterAll(async () => {
  await Promise.all([...made].map(discard));
});

export async function createTempDir(below = tmpdir()): Promise<string> {
  const dir = await realpath(await mkdtemp(join(below, 'hephy-test-')));
  made.add(dir);
  return dir;
}

/** Branch `main`; with files, they are committed. */
export async function createGitRepo(files: Readonly<Record<string, string>> = {}): Promise<GitRepo> {
  const home = await createTempDir(checkoutHome());
  await runGit(home, ['init', '-q', '-b', 'main', 'repo']);
  const repo = openGitRepo(join(home, 'repo'), home);
  await repo.write(files);
  if (Object.keys(files).length > 0) await repo.commit('start');
  return repo;
}

/** A clone over `file://`, which honours the depth as a server does; `flags` are more of `git clone`'s. */
export async function cloneShallow(from: string, depth = 1, flags: readonly string[] = []): Promise<GitRepo> {
  const home = await createTempDir(checkoutHome());
  await runGit(home, ['clone', '-q', `--depth=${depth}`, ...flags, `file://${from}`, 'repo']);
  return openGitRepo(join(home, 'repo'), home);
}

function openGitRepo(dir: string, home: string): GitRepo {
  let commits = 0;
  const git = (...args: string[]): Promise<string> => runGit(dir, args);
  return {
    dir,
    git,
    write: (files) => writeFiles(dir, files),
    link: async (path, target) => {
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await symlink(target, join(dir, path));
    },
    remove: async (paths) => {
      await Promise.all(paths.map((path) => rm(join(dir, path), { recursive: true })));
    },
    commit: async (message = 'change') => {
      const date = `${START + 60 * commits++} +0000`;
      await git('add', '-A');
      const dates = { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
      await runGit(dir, ['commit', '-q', '--allow-empty', '-m', message], dates);
      return git('rev-parse', 'HEAD');
    },
    addBareRemote: async (name = 'origin') => {
      const bare = join(home, `${name}.git`);
      await runGit(home, ['init', '-q', '--bare', '-b', 'main', bare]);
      await git('remote', 'add', name, `file://${bare}`);
      await git('push', '-q', name, '--all');
      await git('push', '-q', name, '--tags');
      return bare;
    },
    cleanup: () => discard(home),
  };
}

async function writeFiles(dir: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  }
}

async function discard(dir: string): Promise<void> {
  await chmod(dir, 0o700).catch(() => undefined);
  await rm(dir, { recursive: true, force: true });
  made.delete(dir);
}

function runGit(cwd: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: { ...TEST_GIT_ENV, ...env }, maxBuffer: 1 << 28 };
    execFile('git', [...args], options, (error, stdout, stderr) => {
      if (error) reject(new Error(`git ${args.join(' ')}: ${stderr || error.message}`));
      else resolve(stdout.replace(/\n$/, ''));
    });
  });
}
