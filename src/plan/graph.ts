import { HephyError, type Position } from '../errors.ts';
import type { FoundDependency } from '../domain/choice.ts';
import type { Verdict } from '../domain/change.ts';

/** For each image, what it depends on. Names that are no key of the map are outside the graph. */
export type Dependencies = ReadonlyMap<string, readonly FoundDependency[]>;

export interface Sorted {
  /** Every image after all that it depends on; otherwise in the order of the map. */
  readonly order: readonly string[];
  /** One for each circle. An image is in one of them at most: mending that may show the next. */
  readonly cycles: readonly HephyError[];
}

interface Step {
  readonly name: string;
  readonly edges: readonly FoundDependency[];
  next: number;
}

/** Depth first with a stack of its own: chains may be longer than the call stack. */
export function sortByDependency(dependencies: Dependencies): Sorted {
  const state = new Map<string, 'open' | 'done'>();
  const walk: Walk = { dependencies, state, path: [], order: [], cycles: [], inCycle: new Set() };
  for (const name of dependencies.keys()) {
    if (state.has(name)) continue;
    enter(walk, name);
    while (walk.path.length > 0) advance(walk);
  }
  return { order: walk.order, cycles: walk.cycles };
}

interface Walk {
  readonly dependencies: Dependencies;
  readonly state: Map<string, 'open' | 'done'>;
  readonly path: Step[];
  readonly order: string[];
  readonly cycles: HephyError[];
  readonly inCycle: Set<string>;
}

function enter(walk: Walk, name: string): void {
  walk.state.set(name, 'open');
  walk.path.push({ name, edges: walk.dependencies.get(name) ?? [], next: 0 });
}

function advance(walk: Walk): void {
  const step = walk.path.at(-1);
  if (step === undefined) return;
  const edge = step.edges[step.next];
  step.next += 1;
  if (edge === undefined) {
    walk.path.pop();
    walk.state.set(step.name, 'done');
    walk.order.push(step.name);
  } else if (walk.state.get(edge.on) === 'open') {
    noteCycle(walk, edge.on);
  } else if (!walk.state.has(edge.on) && walk.dependencies.has(edge.on)) {
    enter(walk, edge.on);
  }
}

function noteCycle(walk: Walk, back: string): void {
  if (walk.inCycle.has(back)) return;
  const start = walk.path.findIndex((step) => step.name === back);
  const circle = walk.path.slice(start);
  if (circle.some(({ name }) => walk.inCycle.has(name))) return;
  for (const { name } of circle) walk.inCycle.add(name);
  const edges = circle.flatMap(({ name, edges: all, next }) => {
    const taken = all[next - 1];
    return taken === undefined ? [] : [{ from: name, to: taken.on, origin: taken.origin }];
  });
  walk.cycles.push(cycleError(startAtLeast(edges)));
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly origin: string;
}

/** The same circle reads the same, wherever the search came upon it. */
function startAtLeast(edges: readonly Edge[]): readonly Edge[] {
  const least = edges.reduce((best, { from }, at) => (from < (edges[best]?.from ?? from) ? at : best), 0);
  return [...edges.slice(least), ...edges.slice(0, least)];
}

function cycleError(edges: readonly Edge[]): HephyError {
  const circle = [...edges.map(({ from }) => from), edges[0]?.from].join(' → ');
  const places = edges.map(({ from, to, origin }) => `${from} → ${to}: ${origin}`).join('\n  ');
  return new HephyError('CONFIG_CYCLE', `images depend on each other in a circle: ${circle}\n  ${places}`, {
    at: readOrigin(edges[0]?.origin ?? ''),
    hint: 'Remove one of these uses, or move what both images need into a third image.',
  });
}

/** `web/build-config.yaml:7:5` as a place again. */
export function readOrigin(origin: string): Position {
  const [, file, line, column] = /^(.*?):(\d+)(?::(\d+))?$/.exec(origin) ?? [];
  if (file === undefined) return { file: origin };
  return { file, line: Number(line), ...(column === undefined ? {} : { column: Number(column) }) };
}

/**
 * Whatever depends on an affected image is affected too, however far away. What is uncommitted spreads the same way:
 * an image on top of a dirty one is not what its commit says either.
 */
export function spreadToDependents(
  verdicts: ReadonlyMap<string, Verdict>,
  dependencies: Dependencies,
): ReadonlyMap<string, Verdict> {
  const dependents = reverse(dependencies);
  const spread = new Map(verdicts);
  const waiting = [...verdicts].filter(([, verdict]) => verdict.affected).map(([name]) => name);
  for (const name of waiting) {
    const source = spread.get(name);
    for (const dependent of dependents.get(name) ?? []) {
      const before = spread.get(dependent);
      if (source === undefined || before === undefined) continue;
      const after = inherit(before, source, name);
      if (after === before) continue;
      spread.set(dependent, after);
      waiting.push(dependent);
    }
  }
  return spread;
}

function inherit(verdict: Verdict, source: Verdict, from: string): Verdict {
  const dirty = verdict.dirty || source.dirty;
  if (verdict.affected) return dirty === verdict.dirty ? verdict : { ...verdict, dirty };
  return { affected: true, why: `depends on ${from}`, dirty };
}

function reverse(dependencies: Dependencies): ReadonlyMap<string, readonly string[]> {
  const dependents = new Map<string, string[]>();
  for (const [name, edges] of dependencies) {
    for (const { on } of edges) {
      const known = dependents.get(on);
      if (known === undefined) dependents.set(on, [name]);
      else known.push(name);
    }
  }
  return dependents;
}
