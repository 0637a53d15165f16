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
  return `${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_TAG`;
}
