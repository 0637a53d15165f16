import type { FixedTag } from '../domain/choice.ts';
import { tagVariable } from '../domain/published.ts';
import type { NamedImage } from './images.ts';
import type { NamedOutput } from './outputs.ts';

/**
 * `FROM ${REGISTRY}:curl-latest` waits for the curl of this run and then takes the one before it, because tags move when
 * all is built. An old version that somebody chose is no mistake.
 */
export function warnOfFixedTags(inOrder: readonly NamedImage[]): readonly string[] {
  const built = inOrder.filter(({ verdict, existing }) => verdict.affected && existing === undefined);
  const outputs = new Map(built.flatMap((named) => named.outputs.map((output) => [output.name, output])));
  return built.flatMap(({ image }) =>
    image.dependencies.flatMap(({ on, output, fixed }) => {
      const made = outputs.get(output);
      return fixed === undefined || made === undefined || !moves(fixed, made)
        ? []
        : [describe(fixed, on, made)];
    }),
  );
}

function moves({ tag }: FixedTag, { tags, name }: NamedOutput): boolean {
  return tags.includes(tag) || tag === 'latest' || tag === `${name}-latest`;
}

function describe({ at, reference, instead }: FixedTag, on: string, { name }: NamedOutput): string {
  const wanted = `to use the image of this run, write ${instead} (in a Dockerfile, declare ARG ${tagVariable(name)})`;
  return `${at}: ${reference} is the ${on} image of an earlier run; ${wanted}`;
}
