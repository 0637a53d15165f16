import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { createTempDir } from './git-repo.ts';
import { TOOL_PATH } from './hephy.ts';
import { gitlabCiLocal } from './surface-tools.ts';

export interface GitlabRun {
  /** The repository whose pipeline runs. */
  readonly cwd: string;
  /** `.gitlab-ci.yml` where nothing else is said. */
  readonly file?: string;
  /** Of the pipeline; a predefined one takes the place of what would be guessed from the repository. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Predefined variables that this kind of pipeline does not have. */
  readonly unset?: readonly string[];
  /** Of the runner: every job sees it. PATH is this machine's, HOME a throw-away one, where nothing else is said. */
  readonly env?: Readonly<Record<string, string>>;
  /** These jobs alone, without what they need. */
  readonly jobs?: readonly string[];
  /** Of a child: paths that the pipeline above has left in `cwd`, which all of its jobs need. No spaces in them. */
  readonly artifacts?: readonly string[];
  readonly flags?: readonly string[];
}

export interface GitlabJob {
  readonly id: string;
  readonly result: 'success' | 'failure';
}

export interface GitlabResult {
  readonly code: number;
  /** Every job that ran, by name. */
  readonly jobs: readonly GitlabJob[];
  /** What all jobs printed, each line behind its job's name, and what gitlab-ci-local says of the run. */
  readonly log: string;
}

/**
 * Plays a pipeline with nothing of this session's environment, each job as a process of this machine in a copy of the
 * repository with the artifacts that it needs. Artifacts come to lie in `cwd` as well. A child pipeline is to be run by
 * its own file: one that fails is not told of.
 */
export async function runGitlabCi(run: GitlabRun): Promise<GitlabResult> {
  const { code, stdout, stderr } = await start(run, ['--force-shell-executor', '--shell-isolation']);
  const log = `${stdout}\n${stderr}`;
  return { code, jobs: stdout.split('\n').flatMap(describeJob).sort(byId), log };
}

interface Listed {
  readonly name: string;
  readonly when: string;
}

/** The jobs that its rules put into a pipeline, without running any. */
export async function listGitlabJobs(run: GitlabRun): Promise<readonly string[]> {
  const { code, stdout, stderr } = await start(run, ['--list-json']);
  if (code !== 0) throw new Error(stderr);
  const jobs: readonly Listed[] = JSON.parse(stdout.slice(stdout.indexOf('[')));
  return jobs.flatMap(({ name, when }) => (when === 'never' ? [] : [name])).sort();
}

/**
 * What gitlab-ci-local leaves out, when a script begins by going to its directory. A job that asks for an image and runs in
 * none is told the container's directory. A child pipeline's job is not given the artifacts of the pipeline above.
 */
const AS_A_RUNNER = `cd() {
  builtin cd "$@" || return
  case $1 in .gitlab-ci-local/builds/*) ;; *) return ;; esac
  export CI_PROJECT_DIR="$PWD"
  for path in $HEPHY_TEST_ARTIFACTS; do
    mkdir -p "$(dirname "$path")"
    cp -R "$OLDPWD/$path" "$path"
  done
}
`;

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function start(run: GitlabRun, mode: readonly string[]): Promise<Said> {
  const { cwd, file, variables = {}, unset = [], jobs = [], artifacts = [], flags = [] } = run;
  const place = await createTempDir();
  await writeFile(join(place, 'bash-env'), AS_A_RUNNER);
  const env = {
    ...{ PATH: TOOL_PATH, HOME: join(place, 'home'), TMPDIR: tmpdir(), NO_COLOR: '1', ...run.env },
    ...{ BASH_ENV: join(place, 'bash-env'), HEPHY_TEST_ARTIFACTS: artifacts.join(' ') },
  };
  const args = [
    ...[...mode, '--no-color', ...(file === undefined ? [] : ['--file', file])],
    ...['--ignore-predefined-vars', Object.keys(variables).join(',')],
    ...Object.entries(variables).flatMap(([name, value]) => ['--variable', `${name}=${value}`]),
    ...unset.flatMap((name) => ['--unset-variable', name]),
    ...[...flags, ...jobs],
  ];
  return new Promise((resolve, reject) => {
    execFile(gitlabCiLocal(), args, { cwd, env, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') return reject(error);
      const plain = { stdout: stripVTControlCharacters(stdout), stderr: stripVTControlCharacters(stderr) };
      return resolve({ code: Number(error?.code ?? 0), ...plain });
    });
  });
}

/** In the table that ends a run; behind the name of one that failed it says which of its scripts did. */
function describeJob(line: string): GitlabJob[] {
  const [, word, id] = /^ (PASS|FAIL|WARN) {1,2}(.+?)(?: {2,}.*)?$/.exec(line) ?? [];
  return id === undefined ? [] : [{ id: id.trim(), result: word === 'PASS' ? 'success' : 'failure' }];
}

function byId(one: GitlabJob, other: GitlabJob): number {
  return one.id.localeCompare(other.id);
}
