/** One runner for each architecture. */
export const BOTH = ['amd64-1', 'arm64-1'];

interface Variation {
  /** `{before}` of what was published before. */
  readonly stamp?: string;
  readonly architectures?: readonly string[];
}

/** In the tag layout: the default tag, one for each architecture, and the additional ones. */
export function tagsOf(
  name: string,
  additional: readonly string[] = [],
  { stamp = '{stamp}', architectures = ['amd64', 'arm64'] }: Variation = {},
): readonly string[] {
  const own = architectures.map((arch) => `${name}-${stamp}-${arch}`);
  return [`${name}-${stamp}`, ...own, ...additional.map((tag) => `${name}-${tag}`)];
}
