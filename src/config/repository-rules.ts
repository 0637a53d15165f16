import { publishedNames } from '../domain/published.ts';
import { quote } from './field-path.ts';
import type { Finding } from './finding.ts';
import { didYouMean } from './issues.ts';
import type { ImageConfig } from './schema.ts';

/** What the rules across images need to know about an image. */
export interface Named {
  readonly file: string;
  readonly name: string;
  readonly values: ImageConfig;
  /** The other CI platform builds it (`ci_platform`). */
  readonly elsewhere: boolean;
  /** False if its `name` is set but invalid. */
  readonly isNamed: boolean;
}

export interface RepositoryFinding<Image extends Named> extends Finding {
  readonly image: Image;
}

/**
 * Checks the rules across all images. `complete`: every config could be read. Otherwise not all names are known, and
 * dependencies are not checked.
 */
export function checkRepository<Image extends Named>(
  images: readonly Image[],
  complete: boolean,
): readonly RepositoryFinding<Image>[] {
  const here = images.filter(({ elsewhere }) => !elsewhere);
  const clashes = findClashes(here.filter(({ isNamed }) => isNamed));
  if (!complete || images.some(({ isNamed }) => !isNamed)) return clashes;
  const names = new Set(images.map(({ name }) => name));
  return [...clashes, ...here.flatMap((image) => findUnknownDependencies(image, names))];
}

/**
 * Finds images that would push the same tags, because of their names or the names of their targets. Names that differ
 * only in case clash too: in a repository path (for example of a layer cache) both are lower case.
 */
function findClashes<Image extends Named>(images: readonly Image[]): RepositoryFinding<Image>[] {
  const owners = new Map<string, { readonly image: Image; readonly name: string }>();
  const reported = new Set<Image>();
  const findings: RepositoryFinding<Image>[] = [];
  for (const image of images) {
    for (const { name, target } of publishedNames(image.name, image.values)) {
      const key = name.toLowerCase();
      const owner = owners.get(key);
      if (owner && owner.image !== image && !reported.has(image)) {
        reported.add(image);
        findings.push({ image, ...describeClash(image, owner, { name, target }) });
      }
      if (!owner) owners.set(key, { image, name });
    }
  }
  return findings;
}

function describeClash(
  image: Named,
  owner: { readonly image: Named; readonly name: string },
  published: { name: string; target: string | null },
): Finding {
  const field = published.target === null || !image.values.targets ? 'name' : 'targets';
  return {
    code: 'CONFIG_NAME_CLASH',
    field,
    text:
      published.name === owner.name
        ? `${image.file} and ${owner.image.file} would both publish ${quote(published.name)}`
        : `${quote(published.name)} (${image.file}) and ${quote(owner.name)} (${owner.image.file}) differ only in upper and lower case`,
    hint: 'Give one of them another name.',
  };
}

function findUnknownDependencies<Image extends Named>(
  image: Image,
  names: ReadonlySet<string>,
): RepositoryFinding<Image>[] {
  return (image.values.depends_on ?? []).flatMap((name, index): RepositoryFinding<Image>[] => {
    const field = `depends_on[${index}]`;
    if (name === image.name) {
      const hint = 'Remove it from depends_on.';
      return [{ image, code: 'CONFIG_CYCLE', field, text: `${quote(name)} depends on itself`, hint }];
    }
    if (names.has(name)) return [];
    const text = `unknown image ${quote(name)}${didYouMean(name, [...names])}`;
    return [{ image, code: 'CONFIG_DEPENDENCY', field, text, hint: 'hephy explain lists the images.' }];
  });
}

/**
 * The images of this CI platform. A dependency on an image of the other CI platform is dropped, with a warning: that
 * image is built there, and is in the registry under its `-latest` tag.
 */
export function selectOwnImages<Image extends Named>(
  all: readonly Image[],
): { images: readonly Image[]; warnings: readonly string[] } {
  const images = all.filter(({ elsewhere }) => !elsewhere);
  const here = new Set(images.map(({ name }) => name));
  const others = new Set(all.flatMap(({ name }) => (here.has(name) ? [] : [name])));
  const warnings: string[] = [];
  const kept = images.map((image) => {
    const lost = (image.values.depends_on ?? []).filter((name) => others.has(name));
    if (lost.length === 0) return image;
    warnings.push(
      `${image.file}: depends_on: ${lost.map(quote).join(', ')} is ignored here, because the other CI platform builds it`,
    );
    const depends_on = image.values.depends_on?.filter((name) => !others.has(name));
    return { ...image, values: { ...image.values, depends_on } };
  });
  return { images: kept, warnings };
}
