import { listPlannedLegs, type PlannedLeg } from '../domain/planned-leg.ts';
import { traitsOf } from '../backends/index.ts';
import { unchangedTag } from '../domain/fingerprint.ts';
import type { PlanImage, PlanLeg } from '../domain/plan.ts';
import type { LegResult } from '../domain/result.ts';
import { HephyError, toProblem } from '../errors.ts';
import type { Progress } from '../report/leg-lines.ts';
import { runTasks, type Task, type TaskResult } from '../system/concurrency/scheduler.ts';
import { LegFailure } from './build-leg.ts';
import { logPath } from './leg-log.ts';
import { isEmulated } from './emulation.ts';

export interface LegTask extends Task, PlannedLeg {
  /** The image in the registry, if it exists already: the leg is not built here. */
  readonly there?: { readonly digest: string; readonly tag: string };
}

export interface LegRun {
  readonly tasks: readonly LegTask[];
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly build: (task: LegTask, signal: AbortSignal) => Promise<BuiltLeg>;
}

/** A leg that was built and pushed. Null: its tool reports no digest, or the registry no size. */
export type BuiltLeg = Pick<LegResult, 'digest' | 'size'>;

/** The legs of these images as tasks. Needed legs that are not part of the run exist already. */
export function listTasks(
  images: readonly PlanImage[],
  wanted: (leg: PlanLeg) => boolean,
  pushed: ReadonlyMap<string, string> = new Map(),
): LegTask[] {
  const chosen = listPlannedLegs(images).filter(({ leg }) => wanted(leg));
  const ids = new Set(chosen.map(({ leg }) => leg.id));
  return chosen.map(({ image, output, leg }) => ({
    id: leg.id,
    needs: leg.needs.filter((id) => ids.has(id)),
    weight: traitsOf(image.backend).weight,
    ...{ image, output, leg },
    ...findThere(leg, pushed.get(leg.id)),
  }));
}

function findThere(leg: PlanLeg, pushed: string | undefined): Pick<LegTask, 'there'> {
  if (leg.unchanged) return { there: { digest: leg.unchanged.digest, tag: unchangedTag(leg) ?? leg.tag } };
  return pushed === undefined ? {} : { there: { digest: pushed, tag: leg.tag } };
}

/** Runs legs, dependencies first, and returns the result of each in the order of the plan. */
export async function runLegs(run: LegRun): Promise<readonly LegResult[]> {
  const started = new Map<string, number>();
  const results: LegResult[] = [];
  function settle(result: LegResult): void {
    results.push(result);
    run.progress.finish(result);
  }
  const { unchanged, tasks } = splitTasks(run.tasks);
  unchanged.map(describeUnchanged).forEach(settle);
  try {
    await runTasks({
      tasks,
      jobs: run.jobs,
      signal: run.signal,
      run: (task, signal) => {
        started.set(task.id, Date.now());
        run.progress.start(task.id);
        return run.build(task, signal);
      },
      onSettled: (task, ended) => {
        settle(describeLeg(task, ended, started.get(task.id) ?? null));
      },
    });
  } finally {
    run.progress.stop();
  }
  const order = new Map(run.tasks.map(({ id }, at) => [id, at]));
  return results.sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
}

/** Removes legs that exist already from the tasks and from the needs of others. */
function splitTasks(all: readonly LegTask[]): { unchanged: readonly LegTask[]; tasks: readonly LegTask[] } {
  const unchanged = all.filter(({ there }) => there);
  const settled = new Set(unchanged.map(({ id }) => id));
  const tasks = all
    .filter(({ id }) => !settled.has(id))
    .map((task) => ({ ...task, needs: task.needs.filter((id) => !settled.has(id)) }));
  return { unchanged, tasks };
}

function describeUnchanged(task: LegTask): LegResult {
  const { there, leg } = task;
  const value = { digest: there?.digest ?? null, size: null };
  const result = describeLeg(task, { state: 'done', value }, null);
  return { ...result, state: 'unchanged', tag: there?.tag ?? leg.tag };
}

function describeLeg(
  { image, leg }: LegTask,
  ended: TaskResult<BuiltLeg>,
  startedAt: number | null,
): LegResult {
  return {
    id: leg.id,
    image: image.name,
    target: leg.target,
    platform: leg.platform,
    backend: image.backend,
    tag: leg.tag,
    state: stateOf(ended),
    digest: ended.state === 'done' ? ended.value.digest : null,
    size: ended.state === 'done' ? ended.value.size : null,
    startedAt,
    durationMs: startedAt === null ? 0 : Date.now() - startedAt,
    emulated: isEmulated(image.backend, leg.platform),
    because: ended.state === 'skipped' ? ended.because : null,
    error:
      ended.state === 'failed'
        ? toProblem(ended.error instanceof LegFailure ? ended.error.problem : ended.error)
        : null,
    lastLines: ended.state === 'failed' && ended.error instanceof LegFailure ? ended.error.lastLines : [],
    log: startedAt === null ? null : logPath(leg.id),
  };
}

/** An interrupted leg is cancelled, not failed. */
function stateOf(ended: TaskResult<BuiltLeg>): LegResult['state'] {
  if (ended.state === 'done') return 'built';
  return ended.state === 'failed' && isCancelled(ended.error) ? 'cancelled' : ended.state;
}

function isCancelled(error: unknown): boolean {
  return error instanceof HephyError && error.code === 'CANCELLED';
}
