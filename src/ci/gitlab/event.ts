import type { RunEvent } from '../../domain/event.ts';
import type { Env } from '../../system/env.ts';
import { BLANK_EVENT, parseNumber, presentText, splitNames } from '../event-fields.ts';

export interface GitlabFacts {
  readonly env: Env;
  /** The `images` input. */
  readonly images: string | undefined;
}

/** https://docs.gitlab.com/ci/variables/predefined_variables/ */
export function detectGitlabEvent({ env, images }: GitlabFacts): RunEvent {
  const tag = presentText(env['CI_COMMIT_TAG']);
  const branch = presentText(env['CI_COMMIT_REF_NAME']);
  const common: RunEvent = {
    ...BLANK_EVENT,
    ref: tag === null ? (branch === null ? 'HEAD' : `refs/heads/${branch}`) : `refs/tags/${tag}`,
    sha: presentText(env['CI_COMMIT_SHA']),
    defaultBranch: presentText(env['CI_DEFAULT_BRANCH']),
    images: splitNames(images),
    // A child pipeline has its own number, but belongs to its parent pipeline.
    buildNumber: presentText(env['HEPHY_BUILD_NUMBER']) ?? presentText(env['CI_PIPELINE_IID']),
  };
  return { ...common, ...partsOf(env, tag !== null) };
}

function partsOf(env: Env, isTag: boolean): Partial<RunEvent> {
  const source = env['CI_PIPELINE_SOURCE'] ?? '';
  if (presentText(env['CI_MERGE_REQUEST_IID']) !== null) return mergeRequestParts(env);
  if (source === 'external_pull_request_event') return externalParts(env);
  if (source === 'schedule') return { kind: 'schedule' };
  // A child pipeline of a push; child pipelines of merge requests are handled above.
  if (source !== 'push' && source !== 'parent_pipeline') return { kind: 'manual' };
  return { kind: isTag ? 'tag' : 'push', before: presentText(env['CI_COMMIT_BEFORE_SHA']) };
}

/**
 * In a merged results pipeline the commit already contains the target branch, so it is compared with the target's commit
 * that was merged; otherwise with the base of the merge request. If neither is known, with the target branch.
 */
function mergeRequestParts(env: Env): Partial<RunEvent> {
  const project = presentText(env['CI_MERGE_REQUEST_SOURCE_PROJECT_ID']);
  return {
    kind: 'merge_request',
    target:
      presentText(env['CI_MERGE_REQUEST_TARGET_BRANCH_SHA']) ??
      presentText(env['CI_MERGE_REQUEST_DIFF_BASE_SHA']) ??
      presentText(env['CI_MERGE_REQUEST_TARGET_BRANCH_NAME']),
    number: parseNumber(env['CI_MERGE_REQUEST_IID']),
    fromFork: project !== presentText(env['CI_MERGE_REQUEST_PROJECT_ID']),
  };
}

/** A pull request of a GitHub repository that GitLab CI builds. */
function externalParts(env: Env): Partial<RunEvent> {
  const repository = presentText(env['CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY']);
  return {
    kind: 'merge_request',
    target: presentText(env['CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME']),
    number: parseNumber(env['CI_EXTERNAL_PULL_REQUEST_IID']),
    fromFork: repository !== presentText(env['CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY']),
  };
}
