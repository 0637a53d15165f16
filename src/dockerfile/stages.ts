import type { Dockerfile, Stage } from './dockerfile.ts';
import { expandWord } from './shell-words.ts';
import type { Effort, Lookup, Value } from './shell-cursor.ts';
import {
  givenValue,
  kanikoVariables,
  keepable,
  platformVariables,
  type Situation,
  startEffort,
} from './situation.ts';
import { cutAtEquals } from './words.ts';

export interface ResolvedStage {
  readonly stage: Stage;
  readonly index: number;
  /** What stands after FROM, expanded; what the build alone knows stays a variable. */
  readonly base: string;
  /** The index of the stage that it is built on. */
  readonly parent: number | undefined;
  /** Undefined where it has no `--platform`. */
  readonly platform: string | undefined;
}

/** A Dockerfile as it is built for one platform. */
export interface Resolved {
  readonly dockerfile: Dockerfile;
  readonly situation: Situation;
  readonly stages: readonly ResolvedStage[];
  /** The last stage of each name, which COPY and mounts see wherever they stand. */
  readonly byName: ReadonlyMap<string, number>;
  readonly globals: ReadonlyMap<string, Value>;
  readonly effort: Effort;
}

/** Expands what stands after each FROM, and finds the stages that are built on others. */
export function resolveStages(dockerfile: Dockerfile, situation: Situation): Resolved {
  const context = { dockerfile, situation, effort: startEffort() };
  const globals = readGlobals(context, platformVariables(situation));
  const inFrom = situation.builder === 'kaniko' ? readGlobals(context, kanikoVariables(situation)) : globals;
  const byName = new Map<string, number>();
  const expand = (text: string): string => expandIn(context, (name) => inFrom.get(name), text) ?? text;
  const stages = dockerfile.stages.map((stage, index) => {
    const base = expand(stage.from);
    const platform = stage.platform === undefined ? undefined : expand(stage.platform);
    // BuildKit compares by case here and then refuses the image, as no image has capitals; kaniko takes the stage.
    const parent = byName.get(base.toLowerCase());
    if (stage.name !== '') byName.set(stage.name, index);
    return { stage, index, base, parent, platform };
  });
  return { ...context, stages, byName, globals };
}

type Context = Pick<Resolved, 'dockerfile' | 'situation' | 'effort'>;

export function expandIn(
  { dockerfile, situation, effort }: Context,
  lookup: Lookup,
  text: string,
): string | undefined {
  return expandWord(text, {
    escape: dockerfile.escape,
    keepUnset: situation.keepUnset === true,
    effort,
    lookup,
  });
}

/** The arguments before the first FROM; an ARG of a stage without a value of its own takes the value from here. */
function readGlobals(context: Context, start: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  const scope = new Map(start);
  const lookup = (name: string): Value => scope.get(name);
  const words = context.dockerfile.globals.flatMap(({ keyword, args }) => (keyword === 'ARG' ? args : []));
  for (const word of words) {
    const { name, value } = cutAtEquals(word);
    const given = givenValue(context.situation, name);
    // kaniko takes an empty build argument for none, here.
    const counts = given !== undefined && !(given === '' && context.situation.builder === 'kaniko');
    if (counts) scope.set(name, given);
    else if (value !== undefined) scope.set(name, keepable(expandIn(context, lookup, value)));
  }
  return scope;
}
