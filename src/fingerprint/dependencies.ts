import { legsOfOutput } from '../domain/planned-leg.ts';
import type { Plan, PlanLeg } from '../domain/plan.ts';
import { tagVariable } from '../domain/published.ts';
import { joinRepository } from '../plan/resolve-leg.ts';

/** The image that one `{NAME}_TAG` of a leg names. */
export type DependencySource =
  | { readonly leg: PlanLeg }
  /** Published before this run. */
  | { readonly reference: string }
  /** Only named by `depends_on`, and not part of this run: the build uses nothing of it. */
  | { readonly tag: string };

export interface PlanIndex {
  readonly byVariable: ReadonlyMap<string, readonly PlanLeg[]>;
  readonly fallbacks: ReadonlyMap<string, Plan['fallbacks'][number]>;
}

export function indexPlan(plan: Plan): PlanIndex {
  const entries = plan.images.flatMap((image) =>
    image.outputs.map((output) => [tagVariable(output.name), legsOfOutput(image, output)] as const),
  );
  const fallbacks = plan.fallbacks.map((fallback) => [tagVariable(fallback.dependency), fallback] as const);
  return { byVariable: new Map(entries), fallbacks: new Map(fallbacks) };
}

/** By variable. */
export function findDependencies(
  leg: PlanLeg,
  { byVariable, fallbacks }: PlanIndex,
  registry: string,
): ReadonlyMap<string, DependencySource> {
  const found = new Map<string, DependencySource>();
  for (const [variable, tag] of Object.entries(leg.dependencyTags)) {
    const made = byVariable.get(variable)?.find((one) => one.tag === tag && leg.needs.includes(one.id));
    const fallback = fallbacks.get(variable);
    if (made) found.set(variable, { leg: made });
    else if (!fallback) found.set(variable, { tag });
    else {
      const reference = `${joinRepository(registry, fallback.repository)}:${fallback.tag}`;
      found.set(variable, { reference });
    }
  }
  return found;
}
