import type { Env } from '../system/env.ts';
import type { GitSetting } from './repository-settings.ts';
import type { UpstreamAddress } from './upstream-url.ts';

interface Login {
  readonly user: string;
  readonly password: string;
  /** Set for upstreams, not the job token that every job has. */
  readonly chosen: boolean;
}

/**
 * A credential helper. Git runs it only for the host in its setting, also after redirects. The token comes from the
 * environment, so that it is in no argument list and in no file: https://git-scm.com/docs/gitcredentials.
 */
const HELPER = `!f() { test "$1" = get || exit 0; printf 'username=%s\\npassword=%s\\n' "$HEPHY_GIT_USER" "$HEPHY_GIT_PASSWORD"; }; f`;

/** The environment for git to reach an upstream and nothing else: protocols, `settings`, and a login if there is one. */
export function accessEnv(
  address: UpstreamAddress,
  env: Env,
  settings: readonly GitSetting[] = [],
): Record<string, string> {
  const origin = httpsOrigin(address.url);
  const login = origin === undefined ? undefined : findLogin(new URL(origin).host, env);
  return {
    GIT_ALLOW_PROTOCOL: address.allowFile ? 'https:ssh:file' : 'https:ssh',
    GIT_ASKPASS: '',
    ...(login && { HEPHY_GIT_USER: login.user, HEPHY_GIT_PASSWORD: login.password }),
    ...settingsEnv([...settings, ...(login && origin ? loginSettings(origin, login) : [])], env),
  };
}

/**
 * The user's own helpers are switched off: git would give them the token to store. A header that a checkout stored wins
 * over the job token, which has the same access; a token that is set for upstreams wins over the header.
 */
function loginSettings(origin: string, { chosen }: Login): readonly GitSetting[] {
  return [
    ['credential.helper', ''],
    [`credential.${origin}.helper`, HELPER],
    ...(chosen ? [[`http.${origin}/.extraheader`, ''] as const] : []),
  ];
}

/** Added after the settings that the user passes in the same variables: https://git-scm.com/docs/git-config#ENVIRONMENT */
function settingsEnv(settings: readonly GitSetting[], env: Env): Record<string, string> {
  const first = Number(env['GIT_CONFIG_COUNT'] ?? 0) || 0;
  const entries = settings.flatMap(([name, value], index) => [
    [`GIT_CONFIG_KEY_${first + index}`, name],
    [`GIT_CONFIG_VALUE_${first + index}`, value],
  ]);
  return { ...Object.fromEntries(entries), GIT_CONFIG_COUNT: String(first + settings.length) };
}

/** `https://git.example.com:8443`, the form in which git compares addresses with settings. */
function httpsOrigin(url: string): string | undefined {
  return url.startsWith('https://') && URL.canParse(url) ? new URL(url).origin : undefined;
}

/** A token is only sent to the host that it is set for: a config must not choose where it is sent. */
function findLogin(host: string, env: Env): Login | undefined {
  const own = env[tokenVariable(host)];
  if (own) return { ...parseLogin(own), chosen: true };
  if (host !== platformHost(env)) return undefined;
  const { HEPHY_UPSTREAM_TOKEN: given, GITHUB_TOKEN: github, CI_JOB_TOKEN: gitlab } = env;
  if (given) return { ...parseLogin(given), chosen: true };
  if (github) return { user: ANY_USER, password: github, chosen: false };
  return gitlab ? { user: 'gitlab-ci-token', password: gitlab, chosen: false } : undefined;
}

/** The user name that GitHub expects with a token; other servers accept any name. */
const ANY_USER = 'x-access-token';

const REPLACEMENTS: Readonly<Record<string, string>> = { '-': '__', _: '___' };

/** `git.example.com:8443` → `HEPHY_UPSTREAM_TOKEN_GIT_EXAMPLE_COM_8443`. `-` becomes two underscores and `_` three, so that no two hosts share a variable. */
export function tokenVariable(host: string): string {
  const name = host.replace(/[^A-Za-z0-9]/g, (mark) => REPLACEMENTS[mark] ?? '_').toUpperCase();
  return `HEPHY_UPSTREAM_TOKEN_${name}`;
}

/** The server that runs this job: https://docs.gitlab.com/ci/jobs/ci_job_token/, and GITHUB_SERVER_URL on GitHub and GHES. */
export function platformHost(env: Env): string | undefined {
  const server = env['GITHUB_SERVER_URL'] || env['CI_SERVER_URL'] || '';
  return URL.canParse(server) ? new URL(server).host : undefined;
}

/** A token, or `user:token` for servers that need a user. Newlines are removed, because they would end the helper output. */
function parseLogin(text: string): Pick<Login, 'user' | 'password'> {
  const clean = text.trim().replace(/[\r\n\0]/g, '');
  const colon = clean.indexOf(':');
  return { user: clean.slice(0, Math.max(colon, 0)) || ANY_USER, password: clean.slice(colon + 1) };
}
