import { AsyncLocalStorage } from 'node:async_hooks';
import { delimiter } from 'node:path';

/**
 * The only module that reads the environment. Child processes get `childEnv`: the few variables that every program needs,
 * and those that their caller lists; never the whole environment, which contains secrets in CI.
 */
export type Env = Readonly<Record<string, string | undefined>>;

export function readEnv(): Env {
  return { ...process.env, PATH: completePath(process.env['PATH']) };
}

/**
 * Adds Go's default directory, because Go's installer does not put it on PATH. A PATH without /usr/local/bin is
 * deliberately short and stays as it is.
 */
export function completePath(path: string | undefined): string | undefined {
  const directories = path?.split(delimiter) ?? [];
  return directories.includes('/usr/local/bin')
    ? [...directories, '/usr/local/go/bin'].join(delimiter)
    : path;
}

/** Listed in docs/troubleshooting.md: where programs and caches are, the language, and how to reach the network. */
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

const lent = new AsyncLocalStorage<NodeJS.ProcessEnv>();
let isLending = false;

/**
 * For packages that read `process.env` themselves: within `act`, including its asynchronous part, they and the programs
 * that they start see only `env`. Code outside of the call sees the environment of this process.
 */
export function lendEnv<T>(env: Env, act: () => T): T {
  if (!isLending) process.env = lendable(process.env);
  isLending = true;
  return lent.run({ ...env }, act);
}

function lendable(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const current = (): NodeJS.ProcessEnv => lent.getStore() ?? own;
  return new Proxy(own, {
    get: (_, name) => Reflect.get(current(), name),
    set: (_, name, value) => Reflect.set(current(), name, value),
    has: (_, name) => Reflect.has(current(), name),
    deleteProperty: (_, name) => Reflect.deleteProperty(current(), name),
    ownKeys: () => Reflect.ownKeys(current()),
    getOwnPropertyDescriptor: (_, name) => Reflect.getOwnPropertyDescriptor(current(), name),
  });
}
