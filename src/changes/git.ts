import { existsSync } from 'node:fs';
import { HephyError } from '../errors.ts';
import { childEnv, type Env } from '../system/env.ts';
import { exec, type Finished } from '../system/process/exec.ts';

export interface GitCall {
  readonly cwd: string;
  readonly env: Env;
  readonly input?: string | Uint8Array;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** The CI platform made the checkout: git reads it even if it belongs to another user. */
  readonly trusted?: boolean;
  /** In addition to the variables of every call. */
  readonly extraEnv?: Readonly<Record<string, string>>;
}

/**
 * Variables that are passed to git: network access and the user's configuration. `GIT_DIR` and similar ones are not, so
 * that the quarantine of a hook does not leak in: https://git-scm.com/docs/git-receive-pack#_quarantine_environment
 */
const PASSED = [
  'SSH_AUTH_SOCK',
  'GIT_SSH',
  'GIT_SSH_COMMAND',
  'GIT_SSH_VARIANT',
  'GIT_SSL_*',
  'GIT_CONFIG_*',
  'GIT_ASKPASS',
];

const FIXED = {
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  SSH_ASKPASS_REQUIRE: 'never',
} as const;

/** Switches off hooks and file monitors of the user. Those of the repository: see git-view.ts. */
const CONFIG = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.quotePath=false',
  'log.showSignature=false',
  'gc.auto=0',
  'maintenance.auto=false',
].flatMap((setting) => ['-c', setting]);

/** The only function that runs git. A non-zero exit is a result; a missing git is an error. */
export async function runGit(args: readonly string[], call: GitCall): Promise<Finished> {
  const { env, extraEnv, signal, trusted, ...rest } = call;
  const owner = trusted ? ['-c', 'safe.directory=*'] : [];
  try {
    return await exec({
      ...rest,
      file: 'git',
      args: ['--no-pager', ...CONFIG, ...owner, ...args],
      env: { ...childEnv(env, PASSED), ...FIXED, ...extraEnv },
      ...(signal && { signal }),
      ...(isShort(args) && { answer: 'short' }),
    });
  } catch (cause) {
    if (!(cause instanceof HephyError) || cause.code !== 'TOOL_MISSING') throw cause;
    // A missing program and a missing working directory give the same system error.
    if (!existsSync(call.cwd))
      throw new HephyError('NOT_A_REPOSITORY', `directory ${call.cwd} does not exist`);
    throw new HephyError('TOOL_MISSING', 'git was not found', {
      hint: 'Install git 2.31 or newer, and make sure that it is on PATH.',
      cause,
    });
  }
}

/** Calls with one or two lines of output that need no filter, credential helper or network. */
function isShort([verb = '', ...rest]: readonly string[]): boolean {
  return verb === 'rev-parse' || (verb === 'config' && rest.includes('--get'));
}

/** For calls that fail only in a broken repository or on Ctrl-C: a non-zero exit is an error. */
export async function askGit(args: readonly string[], call: GitCall): Promise<Buffer> {
  const done = await runGit(args, call);
  if (done.exitCode === 0) return done.stdout;
  throw gitFailure(args[0] ?? '', done, call.signal);
}

export function gitFailure(verb: string, done: Finished, signal?: AbortSignal): HephyError {
  if (signal?.aborted) return new HephyError('CANCELLED', 'the run was interrupted');
  const how = done.timedOut ? 'took too long' : saidBy(done);
  return new HephyError('GIT_FAILED', `git ${verb}: ${how}`, hintFor(how));
}

/** The error message of git, without `fatal:`, without the address (the caller has it) and without credentials. */
export function saidBy(done: Finished): string {
  const lines = done.stderr.toString('utf8').trim().split('\n');
  const line = lines.find((one) => /^(fatal|error): /.test(one)) ?? lines.at(-1) ?? '';
  const bare = line.replace(/^(fatal|error): /, '').replace(/^unable to access '[^']*': /, '');
  const text = bare.replace(/\/\/[^/@\s]*@/g, '//');
  return text === '' ? `exited ${done.exitCode ?? 'by a signal'}` : text;
}

/**
 * Hints for the usual causes. In CI, only git 2.35.2 to 2.37 complains about the owner of the checkout: these versions
 * ignore our setting.
 */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /dubious ownership|unsafe repository/,
    'If you trust the owner of the directory: `git config --global --add safe.directory DIRECTORY`. In CI use git 2.38 or newer.',
  ],
  [/does not have any commits|ambiguous argument 'HEAD'/, 'Commit first.'],
  [
    /\.lock'?: File exists|index\.lock/,
    'Another git process is running in this repository. If not, remove the lock file in the message.',
  ],
  [/No space left on device|Disk quota exceeded/, 'Free some space on the disk of the repository.'],
  [
    /Permission denied|Read-only file system/,
    'Check the permissions of the repository and of its .git directory.',
  ],
  [
    /promisor remote|could not fetch|partial clone/i,
    'This clone is partial: make sure that its remote can be reached, or clone without --filter.',
  ],
  [/shallow/, 'This clone is shallow: run `git fetch --unshallow`.'],
  [
    /bad object|missing (blob|tree|commit)|unable to read|is corrupt|object file .* is empty|index file/i,
    'The repository is damaged: run `git fsck`, then fetch or clone it again.',
  ],
  [/took too long/, 'Run it again; if it stays slow, run `git gc` in the repository.'],
];

function hintFor(how: string): { hint?: string } {
  const hint = HINTS.find(([cause]) => cause.test(how))?.[1];
  return hint === undefined ? {} : { hint };
}
