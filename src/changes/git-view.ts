import { copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HephyError } from '../errors.ts';
import type { Env } from '../system/env.ts';
import { errorCode } from '../system/error-code.ts';
import { makeTemporary } from '../system/files/temporary.ts';
import { type GitSetting, type GitSettings, isNetworkAddress, keepValues } from './repository-settings.ts';

export interface GitDirectories {
  readonly root: string;
  readonly gitDir: string;
  readonly bare: boolean;
}

/** The variables by which git finds the view and its settings. */
export type GitView = Readonly<Record<string, string>>;

/** Not linked: files that can name programs, and HEAD, which git does not accept as a link. */
const OWN = new Set(['config', 'config.worktree', 'hooks', 'HEAD', 'commondir', 'gitdir']);

/** Settings that git needs to read the files. Git reads them only from the config of the git directory. */
const FORMAT =
  /^core\.repositoryformatversion$|^extensions\.(objectformat|compatobjectformat|refstorage|partialclone)$/;

/**
 * Creates a git directory for the repository: objects, refs and index are links, the configuration is ours. The
 * configuration of a repository can name programs (filters, hooks, ssh, credential helpers, …), and git has no option to
 * ignore it. So our git directory does not contain it. docs/adrs/0014-a-view-of-the-repository.md
 */
export async function openView(
  place: GitDirectories,
  settings: GitSettings,
  context: { readonly env: Env; readonly vouched: boolean },
): Promise<GitView> {
  const directory = await makeTemporary('git');
  const common = await findCommon(place.gitDir);
  await linkAll(common, directory);
  if (common !== place.gitDir)
    await linkWorkingTree({ common, gitDir: place.gitDir, to: directory }, settings);
  await copyFile(join(place.gitDir, 'HEAD'), join(directory, 'HEAD'));
  await writeFile(join(directory, 'config'), renderFormat(settings.repository, place.bare));
  return {
    GIT_DIR: directory,
    ...(!place.bare && { GIT_WORK_TREE: place.root }),
    // A helper for another protocol is a program that an address names.
    GIT_ALLOW_PROTOCOL: 'https:http:ssh:git:file',
    ...settingsEnv(settings, context),
  };
}

/** The git directory that all linked working trees share: https://git-scm.com/docs/gitrepository-layout */
async function findCommon(gitDir: string): Promise<string> {
  try {
    return resolve(gitDir, (await readFile(join(gitDir, 'commondir'), 'utf8')).replace(/\n$/, ''));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return gitDir;
    throw error;
  }
}

async function linkAll(from: string, to: string, names?: readonly string[]): Promise<void> {
  const present = names ?? (await readdir(from));
  for (const name of present.filter((one) => !OWN.has(one) && !one.endsWith('.lock'))) {
    await rm(join(to, name), { force: true });
    await symlink(join(from, name), join(to, name));
  }
}

interface LinkedTree {
  readonly common: string;
  readonly gitDir: string;
  readonly to: string;
}

/** A linked working tree has its own index and sparse checkout; it shares everything else. */
async function linkWorkingTree(
  { common, gitDir, to }: LinkedTree,
  { repository }: GitSettings,
): Promise<void> {
  if (repository.some(([name, value]) => name === 'extensions.refstorage' && value !== 'files')) {
    throw new HephyError(
      'GIT_FAILED',
      'a linked working tree whose refs are not stored as files is not supported',
      {
        hint: 'Run hephy in the main working tree or in a clone.',
      },
    );
  }
  await rm(join(to, 'index'), { force: true });
  const entries = await readdir(gitDir, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  await linkAll(gitDir, to, files);
  if (!entries.some(({ name }) => name === 'info')) return;
  await rm(join(to, 'info'), { force: true });
  await mkdir(join(to, 'info'));
  await linkAll(join(common, 'info'), join(to, 'info'));
  await linkAll(join(gitDir, 'info'), join(to, 'info'));
}

function renderFormat(settings: readonly GitSetting[], bare: boolean): string {
  const lines = settings
    .filter(([name]) => FORMAT.test(name))
    .map(([name, value]) => {
      const [section = '', key = ''] = name.split('.');
      return `[${section}]\n\t${key} = "${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
    });
  return [...lines, `[core]\n\tbare = ${bare}`, ''].join('\n');
}

/**
 * Passes the settings in the environment, where other users cannot read the logins in them. If the user's config uses
 * `includeIf`, which depends on the path of the repository, git cannot evaluate it: then all user settings are passed.
 */
function settingsEnv(
  { user, repository }: GitSettings,
  { env, vouched }: { readonly env: Env; readonly vouched: boolean },
): GitView {
  const includesByPath = user.some(([name]) => name.startsWith('includeif.'));
  const values = keepValues(repository, vouched);
  const settings = [
    ...(includesByPath ? user : []),
    ...values,
    ...guardLocal(values),
    ...settingsFromEnv(env),
  ];
  const entries = settings.flatMap(([name, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, name],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  const files = includesByPath ? { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' } : {};
  return { ...files, ...Object.fromEntries(entries), GIT_CONFIG_COUNT: String(settings.length) };
}

/** A remote on this machine is a repository too. Git must not contact the remotes of that one: they could name programs. */
function guardLocal(values: readonly GitSetting[]): readonly GitSetting[] {
  const local = values.filter(([name, value]) => /^remote\..+\.url$/s.test(name) && !isNetworkAddress(value));
  return local.map(([name]) => [
    name.replace(/\.url$/, '.uploadpack'),
    'env GIT_ALLOW_PROTOCOL=none git-upload-pack',
  ]);
}

/** Settings from the environment of the user, which come last so that they win: https://git-scm.com/docs/git-config#ENVIRONMENT */
function settingsFromEnv(env: Env): readonly GitSetting[] {
  const count = Number(env['GIT_CONFIG_COUNT'] ?? 0) || 0;
  return Array.from({ length: count }, (_, index) => [
    env[`GIT_CONFIG_KEY_${index}`] ?? '',
    env[`GIT_CONFIG_VALUE_${index}`] ?? '',
  ]);
}
