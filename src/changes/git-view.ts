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

/** Not linked: what names programs, and HEAD, which git does not take as a link. */
const OWN = new Set(['config', 'config.worktree', 'hooks', 'HEAD', 'commondir', 'gitdir']);

/** What git must know to read the files; it takes these from the directory's own config alone. */
const FORMAT =
  /^core\.repositoryformatversion$|^extensions\.(objectformat|compatobjectformat|refstorage|partialclone)$/;

/**
 * A git directory of our own over the repository's files: objects, refs and index are links, the configuration is ours.
 * A repository's configuration can name programs in many places (filters, hooks, ssh, credential helpers, …), and git has
 * no way to leave it out. Here it is not there. docs/adrs/0014-a-view-of-the-repository.md
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

/** Of a linked working tree the directory that all of them share: https://git-scm.com/docs/gitrepository-layout */
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

/** A linked working tree has its own index and its own choice of files, and all else in common with the others. */
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
 * The settings that count are in the environment, where no other user sees the logins that they may hold. A user's file
 * that includes others by the place of the repository would not find that place: then all of it is listed here.
 */
function settingsEnv(
  { user, repository }: GitSettings,
  { env, vouched }: { readonly env: Env; readonly vouched: boolean },
): GitView {
  const byPlace = user.some(([name]) => name.startsWith('includeif.'));
  const values = keepValues(repository, vouched);
  const settings = [...(byPlace ? user : []), ...values, ...guardLocal(values), ...given(env)];
  const entries = settings.flatMap(([name, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, name],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  const files = byPlace ? { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' } : {};
  return { ...files, ...Object.fromEntries(entries), GIT_CONFIG_COUNT: String(settings.length) };
}

/** A remote on this machine is a repository as well, whose own remotes are not asked: they could be programs. */
function guardLocal(values: readonly GitSetting[]): readonly GitSetting[] {
  const local = values.filter(([name, value]) => /^remote\..+\.url$/s.test(name) && !isNetworkAddress(value));
  return local.map(([name]) => [
    name.replace(/\.url$/, '.uploadpack'),
    'env GIT_ALLOW_PROTOCOL=none git-upload-pack',
  ]);
}

/** What the user gives by the same way goes last: https://git-scm.com/docs/git-config#ENVIRONMENT */
function given(env: Env): readonly GitSetting[] {
  const count = Number(env['GIT_CONFIG_COUNT'] ?? 0) || 0;
  return Array.from({ length: count }, (_, index) => [
    env[`GIT_CONFIG_KEY_${index}`] ?? '',
    env[`GIT_CONFIG_VALUE_${index}`] ?? '',
  ]);
}
