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
  /** Without a login there is nothing that this run could do; else it goes on without. */
  readonly required: boolean;
  readonly warn: (text: string) => void;
  /** How long a login of a cloud is used before it is fetched anew. */
  readonly renewMs?: number;
}

export interface OpenLogins {
  /** What the run's children and its own client are to find. */
  readonly env: LoginOptions['env'];
  /** Undefined where the user's own config has all. */
  readonly directory: string | undefined;
  close(): Promise<void>;
}

/**
 * Gets the logins that this run needs besides those that the user's Docker config has, and puts all of them where every
 * tool looks: one private config, named by DOCKER_CONFIG, until `close`.
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

/** The shortest of a cloud's logins ends after an hour, and a tool keeps the one that it started with. */
const RENEW_MS = 20 * 60_000;

/** What fails is tried at the next turn: the login that is there may be good for a while. */
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
    // The variable is in the config by now, behind what was asked for; left here it would go before it.
    env: { ...env, DOCKER_CONFIG: directory, DOCKER_AUTH_CONFIG: undefined },
    directory,
    close: () => removePrivateConfig(directory),
  };
}

type Entries = readonly (readonly [host: string, entry: Entry])[];

/** What the platform gives, for hosts that the user has no login for. */
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

/** A helper that fails is complained about where its login is needed. */
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
    // A pull request may do without: what it builds is pushed nowhere, and most bases are for everyone.
    if (request.required || !(error instanceof HephyError) || error.code === 'CANCELLED') throw error;
    if (!isGuess(choice)) request.warn(`could not log in to ${host}: ${error.message}`);
    return [];
  }
}

/** Most machines have no role, and nobody said that this one has. */
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
