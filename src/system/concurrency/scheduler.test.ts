import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runTasks, type Schedule, type Task, type TaskResult } from './scheduler.ts';

const fail = new Error('no');

/** Runs tasks in virtual time: a task ends `weight` units after it started, and nothing ever sleeps. */
async function simulate(given: { tasks: Task[]; jobs: number; failing?: ReadonlySet<string> }) {
  const spans = new Map<string, { start: number; end: number }>();
  const active: { task: Task; end: number; finish: () => void }[] = [];
  let now = 0;
  let most = 0;
  function run(task: Task): Promise<string> {
    expect(spans.has(task.id)).toBe(false);
    return new Promise((resolve, reject) => {
      const end = now + task.weight;
      spans.set(task.id, { start: now, end });
      const finish = () => (given.failing?.has(task.id) ? reject(fail) : resolve(task.id));
      active.push({ task, end, finish });
      most = Math.max(most, active.length);
    });
  }
  let ended = false;
  const results = runTasks({ tasks: given.tasks, jobs: given.jobs, run }).finally(() => (ended = true));
  for (;;) {
    await new Promise(setImmediate);
    if (ended) break;
    active.sort((a, b) => a.end - b.end);
    const first = active.shift();
    now = first?.end ?? now;
    first?.finish();
  }
  return { results: await results, spans, most, makespan: now };
}

const graphs = fc
  .array(fc.tuple(fc.nat(20), fc.array(fc.nat(), { maxLength: 4 })), { minLength: 1, maxLength: 25 })
  .map((rows) =>
    rows.map(([weight, picks], index): Task => {
      const needs = index === 0 ? [] : picks.map((pick) => `t${pick % index}`);
      return { id: `t${index}`, needs, weight: weight + 1 };
    }),
  )
  .chain((tasks) => fc.shuffledSubarray(tasks, { minLength: tasks.length }));

function criticalPath(tasks: readonly Task[]): number {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const lengths = new Map<string, number>();
  function lengthTo(id: string): number {
    const task = byId.get(id) as Task;
    const known = lengths.get(id) ?? Math.max(0, ...task.needs.map(lengthTo)) + task.weight;
    lengths.set(id, known);
    return known;
  }
  return Math.max(...tasks.map((task) => lengthTo(task.id)));
}

function allNeeds(tasks: readonly Task[], id: string): Set<string> {
  const found = new Set<string>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const task = tasks.find((each) => each.id === next);
    for (const need of task?.needs ?? []) if (!found.has(need)) found.add(need) && open.push(need);
  }
  return found;
}

describe('for any graph', () => {
  test('each task runs once, after its needs, never more than jobs at a time, within the list-scheduling bound', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.integer({ min: 1, max: 5 }), async (tasks, jobs) => {
        const { results, spans, most, makespan } = await simulate({ tasks, jobs });
        expect([...results.keys()]).toEqual(tasks.map((task) => task.id));
        expect(spans.size).toBe(tasks.length);
        expect(most).toBeLessThanOrEqual(jobs);
        for (const task of tasks) {
          expect(results.get(task.id)).toEqual({ state: 'done', value: task.id });
          for (const need of task.needs) {
            expect(spans.get(need)?.end).toBeLessThanOrEqual(spans.get(task.id)?.start as number);
          }
        }
        const total = tasks.reduce((sum, task) => sum + task.weight, 0);
        const bound = total / jobs + criticalPath(tasks) * (1 - 1 / jobs);
        expect(makespan).toBeLessThanOrEqual(bound + 1e-9);
      }),
      { numRuns: 100 },
    );
  });

  test('a failure stops exactly what depends on it, and names the task that failed', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.integer({ min: 1, max: 4 }), fc.nat(), async (tasks, jobs, seed) => {
        const failing = new Set(
          tasks.filter((_, index) => (seed >> (index % 30)) & 1).map((task) => task.id),
        );
        const { results } = await simulate({ tasks, jobs, failing });
        for (const task of tasks) {
          const blocked = [...allNeeds(tasks, task.id)].some((id) => failing.has(id));
          const own = failing.has(task.id) ? 'failed' : 'done';
          const result = results.get(task.id) as TaskResult<string>;
          expect(result.state).toBe(blocked ? 'skipped' : own);
          if (result.state === 'skipped') {
            expect(allNeeds(tasks, task.id)).toContain(result.because);
            expect(results.get(result.because)?.state).toBe('failed');
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});

test('the longest remaining path goes first, then the order given', async () => {
  const tasks = [
    { id: 'short', needs: [], weight: 1 },
    { id: 'twin', needs: [], weight: 1 },
    { id: 'head', needs: [], weight: 1 },
    { id: 'tail', needs: ['head'], weight: 9 },
  ];
  const { spans, makespan } = await simulate({ tasks, jobs: 1 });
  expect([...spans.keys()]).toEqual(['head', 'tail', 'short', 'twin']);
  expect(makespan).toBe(12);
});

test('ten thousand tasks in a row, one failing at the start, overflow nothing', async () => {
  const tasks = Array.from({ length: 10_000 }, (_, index) => ({
    id: `t${index}`,
    needs: index === 0 ? [] : [`t${index - 1}`],
    weight: 1,
  }));
  const done = await runTasks({ tasks, jobs: 4, run: () => Promise.resolve(1) });
  expect([...done.values()].every((result) => result.state === 'done')).toBe(true);
  const failed = await runTasks({ tasks, jobs: 4, run: () => Promise.reject(fail) });
  expect(failed.get('t0')).toEqual({ state: 'failed', error: fail });
  expect(failed.get('t9999')).toEqual({ state: 'skipped', because: 't0' });
});

describe('an abort', () => {
  const chain = [
    { id: 'a', needs: [], weight: 1 },
    { id: 'b', needs: ['a'], weight: 1 },
    { id: 'c', needs: [], weight: 1 },
  ];

  test('waits for what runs, starts nothing more, and tells of every task', async () => {
    const stop = new AbortController();
    const started: string[] = [];
    const settled: string[] = [];
    let cleanedUp = false;
    const results = runTasks({
      tasks: chain,
      jobs: 1,
      signal: stop.signal,
      onSettled: (task, result) => settled.push(`${task.id} ${result.state}`),
      run: async (task, signal) => {
        started.push(task.id);
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await new Promise(setImmediate);
        cleanedUp = true;
        throw fail;
      },
    });
    stop.abort();
    const states = [...(await results).values()].map((result) => result.state);
    expect(cleanedUp).toBe(true);
    expect(started).toEqual(['a']);
    expect(states).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect(settled).toEqual(['a cancelled', 'b cancelled', 'c cancelled']);
  });

  test('before the start runs nothing; work that was done stays done', async () => {
    const never = await runTasks({
      tasks: chain,
      jobs: 2,
      signal: AbortSignal.abort(),
      run: () => Promise.reject(fail),
    });
    expect([...never.values()].map((result) => result.state)).toEqual([
      'cancelled',
      'cancelled',
      'cancelled',
    ]);
    const stop = new AbortController();
    const half = await runTasks({
      tasks: chain,
      jobs: 1,
      signal: stop.signal,
      run: (task) => {
        stop.abort();
        return Promise.resolve(task.id);
      },
    });
    expect([...half.values()].map((result) => result.state)).toEqual(['done', 'cancelled', 'cancelled']);
  });
});

describe('a fault of our own', () => {
  async function runWith(schedule: Partial<Schedule<Task, number>>) {
    return runTasks({ tasks: [], jobs: 1, run: () => Promise.resolve(1), ...schedule });
  }
  const task = (id: string, ...needs: string[]): Task => ({ id, needs, weight: 1 });

  test('unknown needs, circles, twins and no jobs are refused before anything runs', async () => {
    await expect(runWith({ tasks: [task('a', 'gone')] })).rejects.toThrowWithCode('INTERNAL');
    await expect(runWith({ tasks: [task('a', 'b'), task('b', 'a')] })).rejects.toThrowWithCode('INTERNAL');
    await expect(runWith({ tasks: [task('a', 'a')] })).rejects.toThrowWithCode('INTERNAL');
    await expect(runWith({ tasks: [task('a'), task('a')] })).rejects.toThrowWithCode('INTERNAL');
    await expect(runWith({ jobs: 0 })).rejects.toThrowWithCode('INTERNAL');
    await expect(runWith({ jobs: Number.NaN })).rejects.toThrowWithCode('INTERNAL');
  });

  test('a need named twice is one need, and a weight that is no number counts nothing', async () => {
    const tasks = [task('a'), { id: 'b', needs: ['a', 'a'], weight: Number.NaN }];
    expect((await runWith({ tasks })).get('b')).toEqual({ state: 'done', value: 1 });
    expect((await runWith({})).size).toBe(0);
  });

  test('a run that throws at once is a failure; a listener that throws ends the whole run, quietly', async () => {
    const thrown = await runWith({
      tasks: [task('a')],
      run: () => {
        throw fail;
      },
    });
    expect(thrown.get('a')).toEqual({ state: 'failed', error: fail });
    const started: string[] = [];
    const broken = runWith({
      tasks: [task('a'), task('b')],
      run: (each) => Promise.resolve(started.push(each.id)),
      onSettled: () => {
        throw fail;
      },
    });
    await expect(broken).rejects.toBe(fail);
    expect(started).toEqual(['a']);
  });
});
