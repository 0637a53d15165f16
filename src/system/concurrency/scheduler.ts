import { setMaxListeners } from 'node:events';
import { HephyError } from '../../errors.ts';
import { createHeap } from './heap.ts';
import { linkTasks, type Node, type Task } from './task-graph.ts';

export type { Task } from './task-graph.ts';

export type TaskResult<R> =
  | { readonly state: 'done'; readonly value: R }
  | { readonly state: 'failed'; readonly error: unknown }
  /** `because` is the task that failed, even if it is only an indirect dependency. */
  | { readonly state: 'skipped'; readonly because: string }
  | { readonly state: 'cancelled' };

export interface Schedule<T extends Task, R> {
  readonly tasks: readonly T[];
  /** How many may run at once. */
  readonly jobs: number;
  /** Must end soon after its signal aborts, because the scheduler waits for it. */
  readonly run: (task: T, signal: AbortSignal) => Promise<R>;
  readonly signal?: AbortSignal;
  /** Called once for every task, including tasks that never ran. */
  readonly onSettled?: (task: T, result: TaskResult<R>) => void;
}

/**
 * Runs every task after its dependencies, the longest remaining path first. A failure stops only dependent tasks; after
 * an abort no task starts, and running tasks are awaited. Returns the results of all tasks, in the given order.
 */
export async function runTasks<T extends Task, R>(
  schedule: Schedule<T, R>,
): Promise<ReadonlyMap<string, TaskResult<R>>> {
  if (!(schedule.jobs >= 1)) throw new HephyError('INTERNAL', `cannot run ${schedule.jobs} tasks at once`);
  return new Promise((resolve, reject) => new Run(schedule, { resolve, reject }).advance());
}

interface Ending<R> {
  readonly resolve: (results: ReadonlyMap<string, TaskResult<R>>) => void;
  readonly reject: (fault: unknown) => void;
}

class Run<T extends Task, R> {
  private readonly signal: AbortSignal;
  private readonly nodes: readonly Node<T>[];
  private readonly ready = createHeap<Node<T>>(comesFirst);
  private readonly results = new Map<Node<T>, TaskResult<R>>();
  private running = 0;
  private fault: { readonly error: unknown } | undefined;

  constructor(
    private readonly schedule: Schedule<T, R>,
    private readonly ending: Ending<R>,
  ) {
    this.signal = schedule.signal ?? new AbortController().signal;
    // Every running task may add a listener: many listeners are not a leak.
    setMaxListeners(0, this.signal);
    this.nodes = linkTasks(schedule.tasks);
    for (const node of this.nodes) if (node.waiting === 0) this.ready.push(node);
  }

  advance(): void {
    while (this.running < this.schedule.jobs && !this.signal.aborted && !this.fault) {
      const node = this.ready.pop();
      if (!node) break;
      this.running += 1;
      this.execute(node).catch(this.ending.reject);
    }
    if (this.running === 0) this.finish();
  }

  private async execute(node: Node<T>): Promise<void> {
    const result = await attempt(() => this.schedule.run(node.task, this.signal), this.signal);
    this.running -= 1;
    this.settle(node, result);
    if (result.state === 'done') this.release(node);
    if (result.state === 'failed') this.skipDependents(node);
    this.advance();
  }

  /** A listener that throws is an internal error: no further task starts, and the error is thrown once all have ended. */
  private settle(node: Node<T>, result: TaskResult<R>): void {
    this.results.set(node, result);
    try {
      this.schedule.onSettled?.(node.task, result);
    } catch (error) {
      this.fault ??= { error };
    }
  }

  private release(done: Node<T>): void {
    for (const node of done.dependents) {
      node.waiting -= 1;
      if (node.waiting === 0) this.ready.push(node);
    }
  }

  private skipDependents(failed: Node<T>): void {
    const stopped = [...failed.dependents];
    for (let node = stopped.pop(); node; node = stopped.pop()) {
      if (this.results.has(node)) continue;
      this.settle(node, { state: 'skipped', because: failed.task.id });
      for (const next of node.dependents) stopped.push(next);
    }
  }

  private finish(): void {
    for (const node of this.nodes) if (!this.results.has(node)) this.settle(node, { state: 'cancelled' });
    if (this.fault) this.ending.reject(this.fault.error);
    else this.ending.resolve(this.resultsInOrder());
  }

  private resultsInOrder(): ReadonlyMap<string, TaskResult<R>> {
    const inOrder = new Map<string, TaskResult<R>>();
    for (const node of this.nodes) {
      const result = this.results.get(node);
      if (result) inOrder.set(node.task.id, result);
    }
    return inOrder;
  }
}

async function attempt<R>(run: () => Promise<R>, signal: AbortSignal): Promise<TaskResult<R>> {
  try {
    return { state: 'done', value: await run() };
  } catch (error) {
    return signal.aborted ? { state: 'cancelled' } : { state: 'failed', error };
  }
}

function comesFirst<T extends Task>(a: Node<T>, b: Node<T>): boolean {
  return a.priority === b.priority ? a.order < b.order : a.priority > b.priority;
}
