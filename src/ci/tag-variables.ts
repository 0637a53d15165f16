import type { RunEvent } from '../domain/event.ts';
import type { Env } from '../system/env.ts';
import { presentText } from './event-fields.ts';

export interface TagFacts {
  readonly event: RunEvent;
  /** The branch from git: on the command line the event only contains `HEAD`. */
  readonly head: { readonly sha: string; readonly ref: string };
  /** For the branch names of a pull request, which only the platform knows. */
  readonly env: Env;
}

const SOURCE_BRANCH = ['GITHUB_HEAD_REF', 'CI_MERGE_REQUEST_SOURCE_BRANCH_NAME'];
const TARGET_BRANCH = ['GITHUB_BASE_REF', 'CI_MERGE_REQUEST_TARGET_BRANCH_NAME'];

/**
 * The variables of GitHub and GitLab, all of them on every platform, so that a config works on both. A value that a run
 * does not have (the number of a pull request, a tag) is empty, and image tags that need the value are left out.
 */
export function tagVariables({ event, head, env }: TagFacts): Readonly<Record<string, string>> {
  const name = shortRef(head.ref);
  const tag = head.ref.startsWith('refs/tags/') ? name : null;
  const branch = event.kind !== 'merge_request' && tag === null && head.ref !== 'HEAD' ? name : null;
  const groups: readonly (readonly [string | null, readonly string[]])[] = [
    [name, ['GITHUB_REF_NAME', 'CI_COMMIT_REF_NAME', 'BRANCH_NAME']],
    [slugOf(name), ['CI_COMMIT_REF_SLUG']],
    [head.ref, ['GITHUB_REF']],
    [tag === null ? 'branch' : 'tag', ['GITHUB_REF_TYPE']],
    [branch, ['CI_COMMIT_BRANCH']],
    [tag, ['CI_COMMIT_TAG']],
    [head.sha, ['GITHUB_SHA', 'CI_COMMIT_SHA']],
    [head.sha.slice(0, 8), ['CI_COMMIT_SHORT_SHA']],
    [event.buildNumber, ['BUILD_NUMBER', 'GITHUB_RUN_NUMBER', 'CI_PIPELINE_IID']],
    [event.number === null ? null : String(event.number), ['PR_NUMBER', 'CI_MERGE_REQUEST_IID']],
    [firstOf(env, SOURCE_BRANCH), SOURCE_BRANCH],
    [firstOf(env, TARGET_BRANCH), TARGET_BRANCH],
    [event.defaultBranch, ['CI_DEFAULT_BRANCH']],
  ];
  return Object.fromEntries(
    groups.flatMap(([value, names]) => names.map((one) => [one, value ?? env[one] ?? ''])),
  );
}

function firstOf(env: Env, names: readonly string[]): string | null {
  return names.map((name) => presentText(env[name])).find((value) => value !== null) ?? null;
}

function shortRef(ref: string): string {
  return ref.replace(/^refs\/(heads|tags|pull|remotes)\//, '');
}

/** GitLab's rules for a slug: https://docs.gitlab.com/ci/variables/predefined_variables/ */
function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '');
}
