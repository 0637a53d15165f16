import type { Dockerfile, ImageUse } from './dockerfile.ts';
import { expandArguments } from './variables.ts';

/** An image that the build pulls, its variables expanded as far as the Dockerfile and the build arguments tell. */
export interface PulledImage extends ImageUse {
  readonly text: string;
}

/** All images that a build of this file may pull: the uses that are neither a stage nor `scratch`. */
export function listPulledImages(
  dockerfile: Dockerfile,
  buildArgs: Readonly<Record<string, string>>,
): readonly PulledImage[] {
  const expand = makeExpander(dockerfile, buildArgs);
  const stages = indexStages(dockerfile);
  return dockerfile.uses
    .map((use) => ({ ...use, text: expand(use.raw, use.stage) }))
    .filter((use) => use.text !== '' && use.text !== 'scratch' && !isStage(stages, use));
}

/** Where each stage name stands first. */
function indexStages({ stages }: Dockerfile): ReadonlyMap<string, number> {
  return new Map(stages.map(({ name }, at) => [name, at] as const).reverse());
}

/** FROM sees the stages before it, COPY and mounts see all, by name or by number. */
function isStage(stages: ReadonlyMap<string, number>, use: PulledImage): boolean {
  const name = use.text.toLowerCase();
  const at = stages.get(name);
  if (use.via === 'FROM') return at !== undefined && at < use.stage;
  return at !== undefined || /^\d+$/.test(name);
}

/** Expands a text as it would be in a stage; what has no value stays in the text. */
export function makeExpander(
  dockerfile: Dockerfile,
  buildArgs: Readonly<Record<string, string>>,
): (text: string, stage: number) => string {
  const scopes = new Map<number, ReadonlyMap<string, string>>();
  function scopeOf(stage: number): ReadonlyMap<string, string> {
    const known = scopes.get(stage) ?? readScope(dockerfile, stage, buildArgs);
    scopes.set(stage, known);
    return known;
  }
  return (text, stage) => {
    if (!text.includes('$')) return text;
    return expandArguments(text, (name) => scopeOf(stage).get(name) ?? scopeOf(-1).get(name));
  };
}

function readScope(
  dockerfile: Dockerfile,
  stage: number,
  buildArgs: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  const scope = new Map<string, string>();
  for (const { name, value, stage: declaredIn } of dockerfile.arguments) {
    if (declaredIn !== stage) continue;
    const given = Object.hasOwn(buildArgs, name) ? buildArgs[name] : undefined;
    const known =
      given ?? (value === undefined ? undefined : expandArguments(value, (other) => scope.get(other)));
    if (known !== undefined) scope.set(name, known);
  }
  return scope;
}
