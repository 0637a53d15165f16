import { traitsOf } from '../backends/index.ts';
import type { Layout } from '../config/settings.ts';
import type { Choice, FoundDependency } from '../domain/choice.ts';
import type { Plan, PlanLeg } from '../domain/plan.ts';
import { platformArch, platformSlug, type Platform } from '../domain/platform.ts';
import { tagVariable } from '../domain/published.ts';
import { fallbackTag, type NamedOutput } from './outputs.ts';

export interface LegInput {
  readonly image: string;
  readonly choice: Choice;
  readonly outputs: readonly NamedOutput[];
  readonly dependencies: readonly FoundDependency[];
  readonly layout: Layout;
  /** The legs made so far, by published name: images come after what they depend on. */
  readonly made: ReadonlyMap<string, readonly PlanLeg[]>;
}

type Fallback = Plan['fallbacks'][number];

export interface MadeLegs {
  readonly byOutput: ReadonlyMap<string, readonly PlanLeg[]>;
  readonly fallbacks: readonly Fallback[];
}

/** One leg for each output and platform, with the tags of what it is built on. */
export function makeLegs(input: LegInput): MadeLegs {
  const byOutput = new Map(
    input.outputs.map((output) => [
      output.name,
      input.choice.platforms.map((platform) => makeLeg(input, output, platform)),
    ]),
  );
  return { byOutput, fallbacks: listFallbacks(input) };
}

function makeLeg(input: LegInput, output: NamedOutput, platform: Platform): PlanLeg {
  const used = input.dependencies.map((dependency) => useDependency(input, dependency, platform));
  const ofTarget = output.name === input.image ? '' : `${output.target ?? ''}/`;
  const readsStages = traitsOf(input.choice.backend).dockerfile;
  return {
    id: `${input.image}/${ofTarget}${platformSlug(platform)}`,
    target: readsStages ? output.target : null,
    platform,
    tag: archTag(output, platform),
    needs: [...new Set(used.flatMap(({ needs }) => needs))],
    dependencyTags: Object.fromEntries(used.map(({ variable, tag }) => [variable, tag])),
  };
}

export function archTag(output: Pick<NamedOutput, 'tags'>, platform: Platform): string {
  return `${output.tags[0] ?? ''}-${platformArch(platform)}`;
}

/**
 * The dependency's leg for the same platform. Where it has none, as with assets that are built once for all, or a wasm
 * module beside a Linux image: its first, after all of them. Where it is not in this run: what was published last.
 */
function useDependency(
  { made, layout }: LegInput,
  { output }: FoundDependency,
  platform: Platform,
): { variable: string; tag: string; needs: readonly string[] } {
  const legs = made.get(output) ?? [];
  const same = legs.find((leg) => leg.platform === platform);
  const needs = same === undefined ? legs.map(({ id }) => id) : [same.id];
  const tag = (same ?? legs[0])?.tag ?? fallbackTag(layout, output);
  return { variable: tagVariable(output), tag, needs };
}

/** What must exist already, because this run does not make it and a build reads it. */
function listFallbacks({ image, dependencies, layout, made }: LegInput): readonly Fallback[] {
  return dependencies
    .filter(({ output, use }) => use !== 'order' && !made.has(output))
    .map(({ output }) => ({
      image,
      dependency: output,
      repository: layout === 'tag' ? '' : output,
      tag: fallbackTag(layout, output),
    }));
}
