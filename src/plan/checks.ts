import { HephyError } from '../errors.ts';
import type { FoundDependency } from '../domain/choice.ts';
import { tagVariable } from '../domain/published.ts';
import { readOrigin } from './graph.ts';
import type { ImageInput } from './input.ts';

/** What cannot be seen in one image alone: bases that lack a platform, dependencies that share a variable. */
export function checkDependencies(images: readonly ImageInput[]): readonly HephyError[] {
  const byName = new Map(images.map((image) => [image.configured.name, image]));
  return images.flatMap((image) => [
    ...image.dependencies.flatMap((dependency) => checkBase(image, dependency, byName.get(dependency.on))),
    ...checkVariables(image),
  ]);
}

/** A base is run on the platform that is built. What is only copied from may be built once for all, so it is let be. */
function checkBase(
  image: ImageInput,
  dependency: FoundDependency,
  base: ImageInput | undefined,
): readonly HephyError[] {
  if (base === undefined || dependency.use !== 'base' || base.configured.values.manual_build) return [];
  const lacking = image.choice.platforms.filter((platform) => !base.choice.platforms.includes(platform));
  if (lacking.length === 0) return [];
  const { name } = image.configured;
  const has = base.choice.platforms.join(', ');
  const message = `${name} is built for ${lacking.join(', ')}, but its base image ${dependency.output} only for ${has}`;
  const hint = `Add the platform to ${base.configured.config}, remove it from ${image.configured.config}, or choose one with FROM --platform=.`;
  return [new HephyError('CONFIG_PLATFORM', message, { at: readOrigin(dependency.origin), hint })];
}

function checkVariables({ configured, dependencies }: ImageInput): readonly HephyError[] {
  const owners = new Map<string, string>();
  return dependencies.flatMap(({ output, origin }) => {
    const variable = tagVariable(output);
    const owner = owners.get(variable);
    owners.set(variable, owner ?? output);
    if (owner === undefined) return [];
    const message = `${configured.name} depends on "${owner}" and on "${output}", and both use the variable ${variable}`;
    return [
      new HephyError('CONFIG_NAME_CLASH', message, { at: readOrigin(origin), hint: 'Rename one of them.' }),
    ];
  });
}
