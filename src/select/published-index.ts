import type { ConfiguredImage } from '../config/settings.ts';
import { publishedNames, tagVariable, type PublishedName } from '../domain/published.ts';

/** All names that the repository's images are published under, ready to be looked up from a Dockerfile's text. */
export interface PublishedIndex {
  readonly byName: ReadonlyMap<string, PublishedName>;
  /** `CURL_TAG` → `curl`. */
  readonly byVariable: ReadonlyMap<string, PublishedName>;
  /** An image's names, by the image's own: several where it has targets. */
  readonly byImage: ReadonlyMap<string, readonly PublishedName[]>;
}

export function indexPublished(images: readonly ConfiguredImage[]): PublishedIndex {
  const byImage = new Map(
    images.map((image) => [image.name, publishedNames(image.name, image.values)] as const),
  );
  const all = [...byImage.values()].flat();
  return {
    byImage,
    byName: new Map(all.map((published) => [published.name, published])),
    byVariable: new Map(all.map((published) => [tagVariable(published.name), published])),
  };
}

/** The image whose tag this is, `{name}-…`: the longest name wins, so `web-debug-latest` is of `web-debug`. */
export function findByTag(index: PublishedIndex, tag: string): PublishedName | undefined {
  for (let cut = tag.lastIndexOf('-'); cut > 0; cut = tag.lastIndexOf('-', cut - 1)) {
    const found = index.byName.get(tag.slice(0, cut));
    if (found !== undefined) return found;
  }
  return undefined;
}
