import type { PlanImage, PlanOutput } from '../domain/plan.ts';
import { SHORT_SHA } from '../plan/default-tag.ts';
import { plainTag } from '../plan/numbered-tag.ts';
import type { Repository } from '../registry/repository.ts';

export interface NewerTag {
  readonly tag: string;
  readonly digest: string;
}

/**
 * The default tag of the newest published commit of these. A default tag is pushed before any additional tag moves, so that
 * of two simultaneous runs at least one sees the other. Undefined if tags do not contain their commit.
 */
export async function findNewerTag(
  repository: Repository,
  { revision }: Pick<PlanImage, 'revision'>,
  { output, date, commits }: { output: PlanOutput; date: string; commits: readonly string[] },
): Promise<NewerTag | undefined> {
  const pattern = patternOf(output, revision.slice(0, SHORT_SHA), date);
  if (commits.length === 0 || pattern === undefined) return undefined;
  const published = readPublished(await repository.listTags(), pattern);
  const tags = commits.flatMap((commit) => published.get(commit.slice(0, SHORT_SHA)) ?? []);
  for (const tag of tags) {
    const digest = await repository.findManifest(tag);
    if (digest !== undefined) return { tag, digest };
  }
  return undefined;
}

/** By commit, the last number of each first. */
function readPublished(tags: readonly string[], pattern: RegExp): ReadonlyMap<string, readonly string[]> {
  const found = tags.flatMap((tag) => {
    const [, commit, number = '1'] = pattern.exec(tag) ?? [];
    return commit === undefined ? [] : [{ tag, commit, number: Number(number) }];
  });
  found.sort((a, b) => b.number - a.number);
  const byCommit = new Map<string, string[]>();
  for (const { commit, tag } of found) byCommit.set(commit, [...(byCommit.get(commit) ?? []), tag]);
  return byCommit;
}

/** Matches the tag of this run with any date, commit and number. `a1b2c3d-api-2` is more likely that of an image `api-2`. */
function patternOf(output: PlanOutput, sha: string, date: string): RegExp | undefined {
  const tag = plainTag(output);
  if (!tag.includes(sha)) return undefined;
  const escaped = tag.replace(/[.\\]/g, '\\$&');
  const dated = escaped.replace(sha, '([0-9a-f]{7})').replace(date, '\\d{8}');
  return new RegExp(`^${dated}${tag.endsWith(output.name) ? '' : '(?:-(\\d{1,4}))?'}$`);
}
