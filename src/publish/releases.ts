import compare from 'semver/functions/compare-build.js';
import type { Refs } from '../changes/remote-refs.ts';
import { findVersions } from '../plan/version.ts';
import type { Release } from './decide-tag.ts';

const TAGS = 'refs/tags/';

/** The highest release of an image among the git tags of a commit. */
export function releaseAt(refs: Refs, commit: string, image: string): Release | undefined {
  const tags = [...refs.commits].filter(([name, sha]) => name.startsWith(TAGS) && sha === commit);
  return findVersions(tags.map(([name]) => name.slice(TAGS.length)))(image);
}

/** A release of the image that is higher than this one, within `1` or `1.4` where that is said. */
export function findHigher(
  refs: Refs,
  { image, release, within }: { image: string; release: Release; within: string | undefined },
): Release | undefined {
  for (const name of refs.commits.keys()) {
    if (!name.startsWith(TAGS)) continue;
    const other = findVersions([name.slice(TAGS.length)])(image);
    if (other === undefined || other.prerelease || !isWithin(other.version, within)) continue;
    if (compare(other.version, release.version) > 0) return other;
  }
  return undefined;
}

function isWithin(version: string, within: string | undefined): boolean {
  return within === undefined || version === within || version.startsWith(`${within}.`);
}
