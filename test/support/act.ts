import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkoutHome } from './file-systems.ts';
import { createTempDir } from './git-repo.ts';
import { TOOL_PATH } from './hephy.ts';
import { act, node24 } from './surface-tools.ts';

/** GitHub's own machines, and what people call theirs: a label that act does not know is skipped with exit 0. */
const LABELS = ['ubuntu-latest', 'ubuntu-24.04', 'ubuntu-24.04-arm', 'ubuntu-slim', 'self-hosted'];

/** The stand-in, unless a run by hand names a copy of the real one. */
const CHECKOUT =
  process.env['HEPHY_TEST_CHECKOUT'] ?? fileURLToPath(new URL('act-checkout', import.meta.url));

export interface ActRun {
  /** The repository whose workflows run. */
  readonly cwd: string;
  /** `push`, `pull_request`, `workflow_dispatch`, `schedule` … */
  readonly event: string;
  /** https://docs.github.com/webhooks/webhook-events-and-payloads */
  readonly payload?: object;
  /** Served as `kingdon-ci/hephy-builder@v2`, its workflows too; exportProject makes it. */
  readonly project?: string;
  /** `owner/name` → where it lies: checked out from there, as shallow as from a server, and not copied from `cwd`. */
  readonly repositories?: Readonly<Record<string, string>>;
  /** Of the runner: every step sees it. PATH and HOME are this machine's where nothing else is said. */
  readonly env?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, string>>;
  /** One workflow of several, by its path. */
  readonly workflow?: string;
  /** More runner labels that run on this machine. */
  readonly labels?: readonly string[];
  readonly flags?: readonly string[];
}

/** A line of `act --json`, as far as tests look at it. */
export interface ActRecord {
  readonly msg: string;
  readonly job?: string;
  readonly jobID?: string;
  readonly matrix?: Readonly<Record<string, unknown>>;
  readonly jobResult?: 'success' | 'failure';
  readonly step?: string;
  readonly stepID?: readonly string[];
  /** `Pre`, `Main` or `Post`. */
  readonly stage?: string;
  readonly stepResult?: string;
  /** What the step itself printed. */
  readonly raw_output?: boolean;
  /** `set-output`, `summary`, `error`, `warning`, `group` …; `name`, `arg` and `content` are its own. */
  readonly command?: string;
  readonly name?: string;
  readonly arg?: string;
  readonly content?: string;
}

export interface ActJob {
  /** The key in the workflow, of a matrix with its `id`: `prepare`, `build amd64-1`. */
  readonly id: string;
  readonly result: 'success' | 'failure';
}

export interface ActResult {
  readonly code: number;
  /** Every job that ran, by name; what was skipped is not here. */
  readonly jobs: readonly ActJob[];
  readonly records: readonly ActRecord[];
  /** What all steps printed, and what act says of the run itself. */
  readonly log: string;
  /** The parts of the job summaries, one after the other. */
  readonly summary: string;
  /** The last value of an output by this name, of whatever step. */
  output(name: string): string | undefined;
}

/** Plays workflows with nothing of this session's environment, and with a cache that is thrown away. */
export async function runAct(run: ActRun): Promise<ActResult> {
  // act copies the checkout into its cache, so the cache is where checkouts are.
  const place = await createTempDir(checkoutHome());
  const [cache, payload] = [join(place, 'cache'), join(place, 'event.json')];
  await mkdir(cache);
  await writeFile(payload, JSON.stringify(run.payload ?? {}));
  const path = [dirname(node24()), TOOL_PATH].join(delimiter);
  const env = {
    PATH: path,
    HOME: homedir(),
    TMPDIR: tmpdir(),
    XDG_CACHE_HOME: cache,
    ...placesOf(run),
    ...run.env,
  };
  const args = [run.event, '--json', '--eventpath', payload, ...flagsOf(run), ...(await checkoutFlags(run))];
  return new Promise((resolve, reject) => {
    execFile(act(), args, { cwd: run.cwd, env, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error);
      else resolve(readResult(Number(error?.code ?? 0), { stdout, stderr }));
    });
  });
}

function flagsOf({ project, secrets, vars, workflow, labels = [], flags = [] }: ActRun): readonly string[] {
  return [
    ...['--artifact-server-addr', '127.0.0.1', '--cache-server-addr', '127.0.0.1', '--no-cache-server'],
    ...[...LABELS, ...labels].flatMap((label) => ['-P', `${label}=-self-hosted`]),
    ...(project === undefined ? [] : ['--local-repository', `kingdon-ci/hephy-builder@v2=${project}`]),
    ...(workflow === undefined ? [] : ['-W', workflow]),
    ...pairs('--secret', secrets),
    ...pairs('--var', vars),
    ...flags,
  ];
}

/** Where the stand-in for actions/checkout finds what it is asked for. */
function placesOf({ project, repositories }: ActRun): Record<string, string> {
  const places = {
    ...(project === undefined ? {} : { 'kingdon-ci/hephy-builder': project }),
    ...repositories,
  };
  return { HEPHY_TEST_REPOSITORIES: JSON.stringify(places) };
}

/** act has a checkout of its own, a copy of `cwd`; for any other repository it would fetch the real one. */
async function checkoutFlags({ cwd, project, repositories }: ActRun): Promise<readonly string[]> {
  if (project === undefined) return [];
  const workflows = await Promise.all([project, cwd].map(readWorkflows));
  const pins = new Set(
    [...workflows.join('').matchAll(/uses: (actions\/checkout@\S+)/g)].map(([, pin]) => pin),
  );
  return [
    ...[...pins].flatMap((pin) => ['--local-repository', `${pin}=${CHECKOUT}`]),
    ...(repositories === undefined ? [] : ['--no-skip-checkout']),
  ];
}

async function readWorkflows(repository: string): Promise<string> {
  const directory = join(repository, '.github/workflows');
  const names = await readdir(directory).catch(() => []);
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
  return texts.join('\n');
}

function pairs(flag: string, values: Readonly<Record<string, string>> = {}): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
}

interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

function readResult(code: number, { stdout, stderr }: Printed): ActResult {
  const records = stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [parseRecord(line)] : []));
  const printed = records.flatMap(({ raw_output, msg }) => (raw_output === true ? [msg] : []));
  return {
    code,
    records,
    jobs: describeJobs(records),
    log: `${printed.join('')}\n${stderr}`,
    summary: records.flatMap((one) => (one.command === 'summary' ? [one.content ?? ''] : [])).join('\n'),
    output: (name) => records.filter((one) => one.command === 'set-output' && one.name === name).at(-1)?.arg,
  };
}

function parseRecord(line: string): ActRecord {
  const record: ActRecord = JSON.parse(line);
  return record;
}

/** Of a matrix act gives every leg the result of the first that failed; what failed in a leg itself is its steps. */
function describeJobs(records: readonly ActRecord[]): readonly ActJob[] {
  const broken = new Set(records.flatMap((one) => (one.stepResult === 'failure' ? [nameJob(one)] : [])));
  const ended = records.flatMap((one) => {
    if (one.jobID === undefined || one.jobResult === undefined) return [];
    const id = nameJob(one);
    const failed = one.matrix?.['id'] === undefined ? one.jobResult === 'failure' : broken.has(id);
    return [{ id, result: failed ? ('failure' as const) : ('success' as const) }];
  });
  return ended.sort((a, b) => a.id.localeCompare(b.id));
}

function nameJob({ jobID, matrix }: ActRecord): string {
  const leg = matrix?.['id'];
  return typeof leg === 'string' ? `${jobID} ${leg}` : `${jobID}`;
}
