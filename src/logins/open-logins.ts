import { HephyError } from '../errors.ts';
import { loadCredentials, type Credentials } from '../registry/credentials.ts';
import { type ConfigText, readConfigTexts } from '../registry/docker-config.ts';
import { describeLogin } from '../registry/login-file.ts';
import { type Entry, mergeConfig } from '../registry/merge-config.ts';
import { canonicalHost } from '../registry/reference.ts';
import { findProgram } from '../system/process/find-program.ts';
import { chooseLogin, type LoginChoice, type LoginFacts, type Method } from './choose-login.ts';
import { fetchLogin, type LoginOptions } from './fetch-login.ts';
import { type JobFacts, listJobLogins } from './job-logins.ts';
import { removePrivateConfig, replacePrivateConfig, writePrivateConfig } from './private-config.ts';

export interface LoginRequest extends LoginOptions {
  readonly settings: LoginFacts['settings'];
  readonly password: string | undefined;
  readonly token: JobFacts['token'];
  /** Whether the run fails without a login; otherwise it warns and continues. */
  readonly required: boolean;
  readonly warn: (text: string) => void;
  /** How long a cloud login is used before it is fetched again. */
  readonly renewMs?: number;
}

export interface OpenLogins {
  /** The environment for child processes and for the registry client. */
  readonly env: LoginOptions['env'];
  /** Undefined if the user's own config has all logins. */
  readonly directory: string | undefined;
  close(): Promise<void>;
}

/**
 * Fetches the logins that are missing from the user's Docker config, and writes all logins where every tool looks: one
 * private config, set by DOCKER_CONFIG, until `close`.
 */
export async function openLogins(request: LoginRequest): Promise<OpenLogins> {
  const { env } = request;
  const texts = await readConfigTexts(env);
  const own = loadCredentials({ env, signal: request.line.retries.signal, onSecret: request.onSecret });
  const given = await findJobEntries(request, own);
  const asked = await findEntry(request, own);
  const entries = new Map([...given, ...asked]);
  const variable = texts.some(({ kind }) => kind === 'variable');
  if (entries.size === 0 && !variable) return { env, directory: undefined, close: async () => undefined };
  const kept = await keep(request, texts, entries);
  if (!asked.some(([, entry]) => 'login' in entry) || request.settings.username !== undefined) return kept;
  const renew = async (signal: AbortSignal): Promise<void> => {
    const { line } = request;
    const stoppable = { ...request, line: { ...line, retries: { ...line.retries, signal } } };
    const renewed = new Map([...given, ...(await findEntry(stoppable, own))]);
    if (!signal.aborted) await replacePrivateConfig(kept.directory ?? '', mergeConfig(texts, renewed));
  };
  return renewing(kept, request, renew);
}

/** Cloud logins expire after an hour at the earliest, and a tool keeps the login that it started with. */
const RENEW_MS = 20 * 60_000;

/** Renews the login at intervals. A failure is retried at the next interval: the current login may still be valid. */
function renewing(
  kept: OpenLogins,
  request: LoginRequest,
  renew: (signal: AbortSignal) => Promise<void>,
): OpenLogins {
  const stop = new AbortController();
  const { signal } = request.line.retries;
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const timer = setInterval(() => {
    renew(either).catch((error: unknown) => {
      if (either.aborted || !(error instanceof HephyError)) return;
      request.warn(`could not renew the login: ${error.message}`);
    });
  }, request.renewMs ?? RENEW_MS);
  timer.unref();
  return {
    ...kept,
    close: async () => {
      clearInterval(timer);
      stop.abort();
      await kept.close();
    },
  };
}

async function keep(
  { env }: LoginRequest,
  texts: readonly ConfigText[],
  entries: ReadonlyMap<string, Entry>,
): Promise<OpenLogins> {
  const directory = await writePrivateConfig(mergeConfig(texts, entries), env);
  return {
    // DOCKER_AUTH_CONFIG is merged into the config, after the set logins. If it stayed set, it would override them.
    env: { ...env, DOCKER_CONFIG: directory, DOCKER_AUTH_CONFIG: undefined },
    directory,
    close: () => removePrivateConfig(directory),
  };
}

type Entries = readonly (readonly [host: string, entry: Entry])[];

/** The logins that the CI platform gives, for hosts without a login of the user. */
async function findJobEntries(request: LoginRequest, own: Credentials): Promise<Entries> {
  const logins = listJobLogins(request);
  const known = await Promise.all(logins.map(({ host }) => knows(own, host)));
  return logins
    .filter((_, index) => !known[index])
    .map((login) => {
      request.onSecret(login.password);
      return [login.host, { login: describeLogin(login) }];
    });
}

/** A failing helper counts as a login: its error is reported where the login is needed. */
async function knows(own: Credentials, host: string): Promise<boolean> {
  return own.find(host).then(
    (found) => found !== undefined,
    () => true,
  );
}

async function findEntry(request: LoginRequest, own: Credentials): Promise<Entries> {
  const hasEcrHelper = (await findProgram('docker-credential-ecr-login', request.env)) !== undefined;
  const choice = chooseLogin({ ...request, hasEcrHelper });
  const host = canonicalHost(request.host);
  if (choice.kind === 'found' && (await knows(own, host))) return [];
  try {
    const entry = await obtain(choice, request);
    return entry === undefined ? [] : [[host, entry]];
  } catch (error) {
    // A pull request works without a login: its images are not pushed, and most base images are public.
    if (request.required || !(error instanceof HephyError) || error.code === 'CANCELLED') throw error;
    if (!isGuess(choice)) request.warn(`could not log in to ${host}: ${error.message}`);
    return [];
  }
}

/** The instance role is only a guess: most machines have none, and no setting says that this one does. */
function isGuess(choice: LoginChoice): boolean {
  return choice.kind === 'found' && choice.method.by === 'aws-instance';
}

async function obtain(choice: LoginChoice, request: LoginRequest): Promise<Entry | undefined> {
  if (choice.kind === 'none') return undefined;
  if (choice.kind === 'incomplete') throw choice.problem;
  const method: Method = choice.method;
  if (method.by === 'helper') return { helper: method.name };
  return { login: describeLogin(await fetchLogin(method, request)) };
}
