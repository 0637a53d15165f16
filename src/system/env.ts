import { delimiter } from 'node:path';

/**
 * The only reader of the environment. Children get `childEnv`: the few variables every program needs, and what their
 * caller names; never the whole environment, which in CI is full of secrets.
 */
export type Env = Readonly<Record<string, string | undefined>>;

export function readEnv(): Env {
  return { ...process.env, PATH: completePath(process.env['PATH']) };
}

/** Go's own installer leaves it to the user to name its directory; whoever names not even /usr/local/bin means few. */
export function completePath(path: string | undefined): string | undefined {
  const directories = path?.split(delimiter) ?? [];
  return directories.includes('/usr/local/bin')
    ? [...directories, '/usr/local/go/bin'].join(delimiter)
    : path;
}

/** Stated in docs/troubleshooting.md: where programs and caches are, the language, and how to reach the network. */
export const MINIMAL_ENV = [
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SYSTEMROOT',
  'XDG_*',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'all_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
] as const;

/** Names may end in `*`: `KO_*`. */
export function childEnv(env: Env, pass: readonly string[] = []): Record<string, string> {
  const allowed = [...MINIMAL_ENV, ...pass];
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && allowed.some((pattern) => matchesName(pattern, name))) kept[name] = value;
  }
  return kept;
}

function matchesName(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** `HEPHY_DEBUG=1`, a GitHub run with debug logging, a GitLab job with a debug trace. */
export function isDebug(env: Env): boolean {
  return env['HEPHY_DEBUG'] === '1' || env['RUNNER_DEBUG'] === '1' || env['CI_DEBUG_TRACE'] === 'true';
}
