import type { Plan } from '../domain/plan.ts';
import type { RunResult, State } from '../domain/result.ts';
import { stateOfImage } from './outcome.ts';

export interface GraphNode {
  readonly name: string;
  readonly dependsOn: readonly string[];
  /** Null if the image is planned but has not run yet. */
  readonly state: State | null;
}

/** The images with dependencies in either direction. A dependency that is not in this run is shown without a state. */
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
