import type { Plan } from '../domain/plan.ts';
import type { LegResult } from '../domain/result.ts';

/** A leg that ran, as a bar on a time axis. */
export interface Bar {
  readonly leg: LegResult;
  /** Milliseconds after the first leg began. */
  readonly from: number;
  readonly to: number;
  /** Whether a faster leg would have made the run faster. */
  readonly critical: boolean;
}

export interface Lane {
  readonly title: string;
  readonly bars: readonly Bar[];
}

export interface Timeline {
  /** When the first leg began, since the epoch. */
  readonly start: number;
  readonly length: number;
  readonly lanes: readonly Lane[];
  /** The number of legs that are not shown, because they were short and not critical. */
  readonly left: number;
}

/** A longer diagram is not readable, and GitHub refuses diagrams of more than 50,000 characters. */
export const MOST_BARS = 80;

/** The legs that ran, grouped by platform; null if no leg ran. */
export function drawTimeline(legs: readonly LegResult[], most = MOST_BARS): Timeline | null {
  const ran = legs.flatMap((leg) => (leg.startedAt === null ? [] : [{ ...leg, startedAt: leg.startedAt }]));
  if (ran.length === 0) return null;
  const start = ran.reduce((first, { startedAt }) => Math.min(first, startedAt), Infinity);
  const critical = findCriticalPath(ran);
  const bars = ran.map((leg) => ({
    leg,
    from: leg.startedAt - start,
    to: leg.startedAt - start + leg.durationMs,
    critical: critical.has(leg.id),
  }));
  const kept = keepImportant(bars, most);
  const length = bars.reduce((last, { to }) => Math.max(last, to), 1);
  return { start, length, lanes: splitLanes(kept), left: bars.length - kept.length };
}

type Ran = LegResult & { readonly startedAt: number };

/**
 * Goes back from the leg that ended last to the leg whose end let it start, and so on. A leg starts when the legs that it
 * needs are built and a slot on the machine is free, so the end of either kind of leg can let it start.
 */
function findCriticalPath(legs: readonly Ran[]): ReadonlySet<string> {
  const path = new Set<string>();
  const byEnd = [...legs].sort((a, b) => endOf(b) - endOf(a));
  for (let next = byEnd[0]; next;) {
    const { id, startedAt } = next;
    path.add(id);
    next = byEnd.find((leg) => endOf(leg) <= startedAt && !path.has(leg.id));
  }
  return path;
}

function endOf({ startedAt, durationMs }: Ran): number {
  return startedAt + durationMs;
}

/** Keeps the critical path and failed legs first, then the longest legs. */
function keepImportant(bars: readonly Bar[], most: number): readonly Bar[] {
  const weigh = ({ leg, critical, from, to }: Bar): number =>
    (critical || leg.state === 'failed' ? Number.MAX_SAFE_INTEGER / 2 : 0) + to - from;
  const kept = new Set([...bars].sort((a, b) => weigh(b) - weigh(a)).slice(0, most));
  return bars.filter((bar) => kept.has(bar));
}

function splitLanes(bars: readonly Bar[]): readonly Lane[] {
  const titles = [...new Set(bars.map(({ leg }) => leg.platform))];
  return titles.map((title) => {
    const own = bars.filter(({ leg }) => leg.platform === title);
    return { title, bars: own.sort((a, b) => a.from - b.from) };
  });
}

/** `amd64-1 (ubuntu-24.04)`. */
export function describeMachine(plan: Plan, job: string | undefined): string {
  const found = plan.jobs.find(({ id }) => id === job);
  return found === undefined ? (job ?? '') : `${found.id} (${found.runner.join(' ')})`;
}
