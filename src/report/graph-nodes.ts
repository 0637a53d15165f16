import type { Plan } from '../domain/plan.ts';
import type { RunResult, State } from '../domain/result.ts';
import { stateOfImage } from './outcome.ts';

export interface GraphNode {
  readonly name: string;
  readonly dependsOn: readonly string[];
  /** Null: planned, not run yet. */
  readonly state: State | null;
}

/** The images that depend on others or are depended on. What is needed and not in this run stands there as it is. */
export function collectNodes(plan: Plan, run: RunResult | null): readonly GraphNode[] {
  const nodes = plan.images.map((image) => ({
    name: image.name,
    dependsOn: [...new Set(image.dependsOn)],
    state: stateOfImage(image, run),
  }));
  const known = new Set(nodes.map(({ name }) => name));
  const needed = new Set(nodes.flatMap(({ dependsOn }) => dependsOn));
  const outside = [...needed].filter((name) => !known.has(name));
  return [
    ...outside.map((name): GraphNode => ({ name, dependsOn: [], state: 'unchanged' })),
    ...nodes.filter(({ name, dependsOn }) => dependsOn.length > 0 || needed.has(name)),
  ];
}
