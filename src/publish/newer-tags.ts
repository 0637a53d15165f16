import type { PlanImage, PlanOutput } from '../domain/plan.ts';
import type { Repository } from '../registry/repository.ts';

const SHORT_SHA = 7;

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
  const pattern = patternOf(output.tags[0] ?? '', revision.slice(0, SHORT_SHA), date);
  if (commits.length === 0 || pattern === undefined) return undefined;
  const published = new Map(
    (await repository.listTags()).map((tag) => [pattern.exec(tag)?.[1] ?? '', tag] as const),
  );
  const tags = commits.flatMap((commit) => published.get(commit.slice(0, SHORT_SHA)) ?? []);
  for (const tag of tags) {
    const digest = await repository.findManifest(tag);
    if (digest !== undefined) return { tag, digest };
  }
  return undefined;
}

/** Matches the tag of this run with any date and any commit. */
function patternOf(tag: string, sha: string, date: string): RegExp | undefined {
  if (!tag.includes(sha)) return undefined;
  const escaped = tag.replace(/[.\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(sha, '([0-9a-f]{7})').replace(date, '\\d{8}')}$`);
}
