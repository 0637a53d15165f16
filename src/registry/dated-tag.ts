import { readRevision } from './revision.ts';
import type { Repository } from './repository.ts';

/** A default tag that names a commit or a day: no run of the same commit moves it to another image. */
export interface DatedTag {
  /** 1: as `tag_format` has it; 2, 3 …: with this number, for later images of the same commit. */
  readonly numbered: (number: number) => string;
  /** The commit of the run; null: the tag itself names it. */
  readonly revision: string | null;
}

export interface DatedChoice {
  /** The default tag of the plan. */
  readonly planned: string;
  /** Of the image; undefined: it is built later. */
  readonly digest: string | undefined;
}

/** No commit is built so often on one day; a registry that has an answer for every tag ends here. */
const HIGHEST_NUMBER = 1000;

/** The planned tag where it is free or names this image; else the last number with this image, or the first free one. */
export async function chooseDatedTag(
  repository: Repository,
  dated: DatedTag,
  { planned, digest }: DatedChoice,
): Promise<string> {
  const standing = await repository.findManifest(planned);
  if (standing === undefined || standing === digest) return planned;
  if (!(await isOfRun(repository, standing, dated))) return planned;
  let same: string | undefined;
  for (let number = 1; number <= HIGHEST_NUMBER; number += 1) {
    const tag = dated.numbered(number);
    const found = await repository.findManifest(tag);
    if (found === undefined) return same ?? tag;
    if (found === digest) same = tag;
  }
  return same ?? planned;
}

/** A tag of the day alone moves on with each commit. */
async function isOfRun(repository: Repository, digest: string, { revision }: DatedTag): Promise<boolean> {
  if (revision === null) return true;
  return (await readRevision(repository, await repository.getManifest(digest))) === revision;
}
