import { createHash } from 'node:crypto';

/** One image name in the registry: an image without `targets` has one, an image with `targets` one for each. */
export interface PublishedName {
  readonly name: string;
  readonly image: string;
  readonly target: string | null;
}

interface Targets {
  readonly target?: string | undefined;
  readonly targets?: readonly string[] | undefined;
}

/**
 * `target` chooses the stage of the one image and leaves its name alone, as v1 did; each of `targets` is an image of
 * its own, `{name}-{target}`. An empty target is none.
 */
export function publishedNames(image: string, { target, targets }: Targets): readonly PublishedName[] {
  const several = [...new Set(targets?.filter((stage) => stage !== ''))];
  if (several.length === 0) return [{ name: image, image, target: target || null }];
  return several.map((stage) => ({ name: `${image}-${stage.toLowerCase()}`, image, target: stage }));
}

/** The variable that carries a dependency's tag: `my-base` → `MY_BASE_TAG`. */
export function tagVariable(name: string): string {
  return `${foldName(name)}_TAG`;
}

/** `HEPHY_TAG_FORMAT` is a setting, so no image is called `FORMAT`. */
const TAKEN = 'FORMAT';

/**
 * What stands for each image in the names of variables: `my-base` → `MY_BASE`. Of `my-base` and `my_base` each gets a
 * part of its hash as well, whichever of them a run builds: a variable never means another image than yesterday.
 */
export function variableNames(names: readonly string[]): ReadonlyMap<string, string> {
  const folded = [TAKEN, ...new Set(names)].map(foldName);
  return new Map(
    names.map((name) => {
      const variable = foldName(name);
      const alone = folded.filter((other) => other === variable).length === 1;
      return [name, alone ? variable : `${variable}_${shortHash(name)}`];
    }),
  );
}

function foldName(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, '_');
}

function shortHash(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 6).toUpperCase();
}
