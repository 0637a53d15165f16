import type { Env } from '../system/env.ts';
import type { UpstreamAddress } from './upstream-url.ts';

/** A setting of git's: its full name and its value. */
export type GitSetting = readonly [name: string, value: string];

interface Login {
  readonly user: string;
  readonly password: string;
}

/**
 * git runs this by itself, and only for the host that its setting names, redirects included. The token comes out of the
 * environment, so that it stands in no argument list and in no file: https://git-scm.com/docs/gitcredentials.
 */
const HELPER = `!f() { test "$1" = get || exit 0; printf 'username=%s\\npassword=%s\\n' "$HEPHY_GIT_USER" "$HEPHY_GIT_PASSWORD"; }; f`;

/** What git needs to reach an upstream, and to reach nothing else: protocols, `settings`, and the login where we know one. */
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
    ...settingsEnv([...settings, ...(login && origin ? loginSettings(origin) : [])], env),
  };
}

/** The user's own helpers are left out: git would hand them the token to keep. So is a header that a checkout left. */
function loginSettings(origin: string): readonly GitSetting[] {
  return [
    ['credential.helper', ''],
    [`credential.${origin}.helper`, HELPER],
    [`http.${origin}/.extraheader`, ''],
  ];
}

/** Behind those that the user gives by the same way: https://git-scm.com/docs/git-config#ENVIRONMENT */
function settingsEnv(settings: readonly GitSetting[], env: Env): Record<string, string> {
  const first = Number(env['GIT_CONFIG_COUNT'] ?? 0) || 0;
  const entries = settings.flatMap(([name, value], index) => [
    [`GIT_CONFIG_KEY_${first + index}`, name],
    [`GIT_CONFIG_VALUE_${first + index}`, value],
  ]);
  return { ...Object.fromEntries(entries), GIT_CONFIG_COUNT: String(first + settings.length) };
}

/** `https://git.example.com:8443`, which is how git compares addresses with its settings. */
function httpsOrigin(url: string): string | undefined {
  return url.startsWith('https://') && URL.canParse(url) ? new URL(url).origin : undefined;
}

/** A token is only ever sent to the host that it was given for: a config must not be able to name where it goes. */
function findLogin(host: string, env: Env): Login | undefined {
  const own = env[tokenVariable(host)];
  if (own) return parseLogin(own, 'x-access-token');
  if (host !== platformHost(env)) return undefined;
  if (env['HEPHY_UPSTREAM_TOKEN']) return parseLogin(env['HEPHY_UPSTREAM_TOKEN'], 'x-access-token');
  if (env['GITHUB_TOKEN']) return parseLogin(env['GITHUB_TOKEN'], 'x-access-token');
  return env['CI_JOB_TOKEN'] ? parseLogin(env['CI_JOB_TOKEN'], 'gitlab-ci-token') : undefined;
}

/** `git.example.com:8443` → `HEPHY_UPSTREAM_TOKEN_GIT_EXAMPLE_COM_8443`. A `-` is two, so that no two hosts share one. */
export function tokenVariable(host: string): string {
  const name = host
    .replaceAll('-', '__')
    .replace(/[^A-Za-z0-9_]/g, '_')
    .toUpperCase();
  return `HEPHY_UPSTREAM_TOKEN_${name}`;
}

/** The server that runs this job: https://docs.gitlab.com/ci/jobs/ci_job_token/, and GITHUB_SERVER_URL on GitHub and GHES. */
export function platformHost(env: Env): string | undefined {
  const server = env['GITHUB_SERVER_URL'] || env['CI_SERVER_URL'] || '';
  return URL.canParse(server) ? new URL(server).host : undefined;
}

/** A token, or `user:token` where the server wants to know the user. No token has a line end, which would end the answer. */
function parseLogin(text: string, user: string): Login {
  const [, name, rest] = /^([^:]*):(.*)$/s.exec(text.trim()) ?? [];
  const login = rest === undefined ? { user, password: text.trim() } : { user: name || user, password: rest };
  return { user: login.user, password: login.password.replace(/[\r\n\0]/g, '') };
}
