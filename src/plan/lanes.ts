import type { JobKind } from '../domain/plan.ts';
import { PLATFORMS, type Platform } from '../domain/platform.ts';

/** A leg as the spreading sees it. */
export interface JobLeg {
  readonly id: string;
  readonly image: string;
  readonly platform: Platform;
  readonly needs: readonly string[];
  /** ko and spin cross-compile: any machine can build it, without emulation. */
  readonly movable: boolean;
  /** A job of kaniko's image has nothing else in it, so it builds nothing else. */
  readonly kind: JobKind;
}

/** Where a leg runs: on the machines of `lane`, in the jobs of the `level`-th round. */
export interface Placed extends JobLeg {
  readonly lane: Platform;
  readonly level: number;
}

/**
 * Levels count how often the chain to a leg changes machines. A job holds legs of one lane and one level, and needs jobs
 * of lower levels only, so jobs never wait for each other in a circle. Legs come in dependency order.
 */
export function placeLegs(component: readonly JobLeg[], home: Platform | undefined): readonly Placed[] {
  const placed = assignLevels(component, (leg) => (home !== undefined && leg.movable ? home : leg.platform));
  // One machine for all is only a gain where it adds no waiting: else each leg stays with its platform.
  const waits = home !== undefined && placed.some((leg) => leg.movable && leg.level > 0);
  return waits ? assignLevels(component, (leg) => leg.platform) : placed;
}

/** The machine that `fan-out: single` uses for what can be built anywhere: the first Linux platform of the run. */
export function findHome(legs: readonly JobLeg[]): Platform | undefined {
  const used = new Set(legs.map(({ platform }) => platform));
  return PLATFORMS.find((platform) => used.has(platform));
}

function assignLevels(component: readonly JobLeg[], laneOf: (leg: JobLeg) => Platform): readonly Placed[] {
  const placed = new Map<string, Placed>();
  for (const leg of component) {
    const lane = laneOf(leg);
    const levels = leg.needs.map((id) => {
      const need = placed.get(id);
      if (need === undefined) return 0;
      return need.level + (need.lane === lane && need.kind === leg.kind ? 0 : 1);
    });
    placed.set(leg.id, { ...leg, lane, level: levels.reduce((a, b) => Math.max(a, b), 0) });
  }
  return [...placed.values()];
}

/** Legs that need each other, or are of one image, belong together. Order is kept, within and between. */
export function splitComponents(legs: readonly JobLeg[]): readonly (readonly JobLeg[])[] {
  const parents = new Map<string, string>();
  for (const leg of legs) {
    parents.set(leg.id, leg.id);
    join(parents, leg.id, `image ${leg.image}`);
    for (const id of leg.needs) join(parents, leg.id, id);
  }
  const components = new Map<string, JobLeg[]>();
  for (const leg of legs) {
    const root = findRoot(parents, leg.id);
    const known = components.get(root);
    if (known === undefined) components.set(root, [leg]);
    else known.push(leg);
  }
  return [...components.values()];
}

function join(parents: Map<string, string>, one: string, other: string): void {
  const root = findRoot(parents, one);
  parents.set(findRoot(parents, other), root);
}

/** Shortens the path as it goes, so that long chains stay cheap. */
function findRoot(parents: Map<string, string>, id: string): string {
  let at = id;
  for (let parent = parents.get(at); parent !== undefined && parent !== at; parent = parents.get(at)) {
    parents.set(at, parents.get(parent) ?? parent);
    at = parent;
  }
  return at;
}
