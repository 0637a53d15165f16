import type { PlannedLeg } from '../domain/planned-leg.ts';
import { backendOf } from '../backends/index.ts';
import type { Backend } from '../backends/backend.ts';
import type { ContainerAccess, Leg } from '../domain/image.ts';
import type { ExecOutcome } from '../domain/invocation.ts';
import type { Plan } from '../domain/plan.ts';
import { formatPosition, HephyError } from '../errors.ts';
import { resolveLeg } from '../plan/resolve-leg.ts';
import type { Env } from '../system/env.ts';
import { makeTemporary, removeTemporary } from '../system/files/temporary.ts';
import { runInvocation, type RunContext } from '../system/process/run-invocation.ts';
import type { RegistryAddress } from '../session/destination.ts';
import { adviseLogin } from './advise-login.ts';
import { type LegLog, openLog } from './leg-log.ts';
import { pushAgain } from './push-again.ts';
import { readInputs } from '../sources/read-inputs.ts';
import type { Sources } from '../sources/sources.ts';
import type { Toolbox } from './toolbox.ts';

/** The values that all legs of a run share. */
export interface BuildContext {
  readonly plan: Plan;
  /** The path of the checkout. */
  readonly root: string;
  /** The directory for logs. */
  readonly logs: string;
  readonly sources: Sources;
  readonly registry: string;
  readonly insecure: boolean;
  readonly readsFrom?: RegistryAddress | null;
  readonly sourceUrl: string | null;
  /** The values of `${VAR}`: the environment, and the variables of GitHub and GitLab, under the names of both. */
  readonly variables: Env;
  readonly toolbox: Toolbox;
  /** For tools that run in a container; logins are written to the leg's scratch directory. */
  readonly containerSite: (scratch: string) => Promise<ContainerAccess>;
  readonly redact: (line: string) => string;
  /** Advice for a login that the registry refuses, on this platform. */
  readonly loginHint: (host: string) => string | undefined;
}

export interface LegJob extends PlannedLeg {
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

/** A failed build of a leg, with the last lines that its tool printed. */
export class LegFailure extends Error {
  readonly problem: HephyError;
  readonly lastLines: readonly string[];

  constructor(problem: HephyError, lastLines: readonly string[]) {
    super(problem.message, { cause: problem });
    this.problem = problem;
    this.lastLines = lastLines;
  }
}

/** Builds and pushes one leg, and returns its digest. Its scratch directory is always deleted; its log is kept. */
export async function buildLeg(build: BuildContext, job: LegJob): Promise<string | null> {
  const backend = backendOf(job.image.backend);
  const log = await openLog(build.logs, job.leg.id);
  const scratch = await makeTemporary('leg');
  try {
    const { root, commitTime } = await build.sources.find(job.image);
    const leg = resolveLeg(job, {
      rebuild: build.plan.run.rebuild,
      ...build,
      ...{ root, commitTime, scratch },
      checkout: build.root,
      env: build.variables,
      inputFiles: await readInputs(root, backend.inputs(job.image)),
    });
    const container = backend.inContainer && { container: await build.containerSite(scratch) };
    const bench = { backend, leg: { ...leg, ...container }, log };
    return await pushAgain(() => runLeg(build, job, bench), {
      signal: job.signal,
      problemOf: (error) => (error instanceof LegFailure ? error.problem : undefined),
      onAgain: ({ message }) =>
        print(job, log, `The registry failed, building and pushing again: ${message}`),
    });
  } finally {
    await Promise.all([removeTemporary(scratch), log.close()]);
  }
}

interface Bench {
  readonly backend: Backend;
  readonly leg: Leg;
  readonly log: LegLog;
}

async function runLeg(
  build: BuildContext,
  job: LegJob,
  { backend, leg, log }: Bench,
): Promise<string | null> {
  const invocation = backend.invocation(leg);
  const { path: toolPath, flags, env, begin } = await build.toolbox(invocation.tool);
  const equipped = { ...invocation, args: [...flags, ...invocation.args] };
  const context: RunContext = {
    toolPath,
    env,
    resultFiles: backend.resultFiles(leg),
    redact: build.redact,
    signal: job.signal,
    onLine: (line) => print(job, log, line),
  };
  const outcome = await begin(() => runInvocation(equipped, context));
  if (outcome.exitCode !== 0) throw describeFailure(build, { backend, leg }, outcome);
  const result = backend.readResult(leg, outcome);
  if (result instanceof HephyError) throw new LegFailure(result, lastLines(outcome));
  return result.digest;
}

function print(job: LegJob, log: LegLog, line: string): void {
  log.write(line);
  if (line !== '') job.onLine(line);
}

function describeFailure(
  build: BuildContext,
  { backend, leg }: Pick<Bench, 'backend' | 'leg'>,
  outcome: ExecOutcome,
): LegFailure {
  const how = outcome.exitCode === null ? 'was killed' : `exited ${outcome.exitCode}`;
  const known = backend.explain(outcome, leg) ?? new HephyError('BUILD_FAILED', `${backend.id} ${how}`);
  const problem = adviseLogin(withoutForeignPosition(known, leg), build);
  return new LegFailure(problem, lastLines(outcome, backend.excerpt?.(outcome)));
}

/** CI would show a position in an upstream's file as a position in this repository, so it becomes part of the message. */
function withoutForeignPosition(error: HephyError, { recipe: { source } }: Leg): HephyError {
  const { code, message, hint, at } = error;
  if (at === undefined || source.kind === 'local') return error;
  return new HephyError(code, `${formatPosition(at)} of ${source.repo}: ${message}`, {
    ...(hint !== undefined && { hint }),
    cause: error,
  });
}

const SHOWN_LINES = 10;

function lastLines({ output }: ExecOutcome, excerpt?: readonly string[]): readonly string[] {
  return (excerpt ?? output.split('\n')).filter((line) => line.trim() !== '').slice(-SHOWN_LINES);
}
