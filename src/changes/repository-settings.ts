import type { Env } from '../system/env.ts';
import { runGit } from './git.ts';

/** A git setting: full name and value. */
export type GitSetting = readonly [name: string, value: string];

export interface GitSettings {
  /** Settings of the machine and the user, which may name programs. */
  readonly user: readonly GitSetting[];
  /** Settings in the repository's own config files. */
  readonly repository: readonly GitSetting[];
}

const LIST = ['config', '--list', '--includes', '--null', '--show-scope'];

/** Git only prints its configuration here, and runs no program of it. Empty if git refuses the repository. */
export async function listSettings(call: {
  readonly cwd: string;
  readonly env: Env;
  readonly signal?: AbortSignal | undefined;
  readonly trusted?: boolean;
}): Promise<GitSettings> {
  const done = await runGit(LIST, call);
  const parts = done.exitCode === 0 ? done.stdout.toString('utf8').split('\0') : [];
  const user: GitSetting[] = [];
  const repository: GitSetting[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const setting = parseSetting(parts[at + 1] ?? '');
    const scope = parts[at] ?? '';
    if (scope === 'local' || scope === 'worktree') repository.push(setting);
    else if (scope === 'system' || scope === 'global') user.push(setting);
  }
  return { user, repository };
}

/** `name`, a newline and the value; a name alone means true. */
function parseSetting(entry: string): GitSetting {
  const end = entry.indexOf('\n');
  return end < 0 ? [entry, 'true'] : [entry.slice(0, end), entry.slice(end + 1)];
}

/**
 * The only settings of a repository that are used. They are values, never programs. Because this is an allow list, new
 * settings of later git versions are ignored: https://git-scm.com/docs/git-config#_variables
 */
const VALUES = [
  /^core\.(filemode|symlinks|ignorecase|precomposeunicode|autocrlf|eol|safecrlf|checkstat|trustctime)$/,
  /^core\.(sparsecheckout|sparsecheckoutcone|excludesfile|attributesfile|sharedrepository)$/,
  /^index\.sparse$/,
  /^remote\..+\.(url|fetch|promisor|partialclonefilter|proxy)$/s,
  /^http\.(.+\.)?(extraheader|proxy|proxyauthmethod|version|followredirects|emptyauth|useragent)$/s,
  /^http\.(.+\.)?(sslverify|sslcainfo|sslcapath|sslcert|sslkey|sslversion|pinnedpubkey)$/s,
  /^http\.(.+\.)?(postbuffer|lowspeedlimit|lowspeedtime)$/s,
  /^credential\.(.+\.)?(username|usehttppath)$/s,
];

/** Programs that a CI platform sets to reach its server: actions/checkout sets the first, GitLab Runner the second. */
const CONNECTIONS = [/^core\.sshcommand$/, /^credential\.(.+\.)?helper$/s];

/** The values that `git lfs install --local` writes. They run the user's git-lfs, not a program of the repository. */
const LARGE_FILES = /^git-lfs (clean|smudge)( --skip)?( --)? %f$|^git-lfs filter-process( --skip)?$/;

/** The settings of a repository that can be trusted; `vouched`: the CI platform made the checkout. */
export function keepValues(settings: readonly GitSetting[], vouched: boolean): readonly GitSetting[] {
  const allowed = vouched ? [...VALUES, ...CONNECTIONS] : VALUES;
  return settings.filter(
    ([name, value]) =>
      allowed.some((pattern) => pattern.test(name)) ||
      isLargeFileFilter(name, value) ||
      isRewrite(name, vouched),
  );
}

function isLargeFileFilter(name: string, value: string): boolean {
  if (name === 'filter.lfs.required') return true;
  return /^filter\.lfs\.(clean|smudge|process)$/.test(name) && LARGE_FILES.test(value);
}

/** `url.<base>.insteadOf`: to another address; to a mirror on this machine only where the CI platform set it. */
function isRewrite(name: string, vouched: boolean): boolean {
  const [, base] = /^url\.(.*)\.insteadof$/s.exec(name) ?? [];
  if (base === undefined) return false;
  return isNetworkAddress(base) || (vouched && base.startsWith('file://'));
}

/** `https://…`, `ssh://…`, `git@host:…`. Everything else is a directory or runs a program (`ext::`). */
export function isNetworkAddress(address: string): boolean {
  return /^(https?|ssh|git):\/\//i.test(address) || /^[\w.-]+@[\w.-]+:(?!:)/.test(address);
}

/** The network settings of a checkout, also used for other repositories: logins, proxies, rewritten addresses. */
export function keepConnections(settings: readonly GitSetting[]): readonly GitSetting[] {
  return settings.filter(([name]) => /^(http|url|credential)\.|^core\.sshcommand$/.test(name));
}
