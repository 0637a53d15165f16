import type { Happening, Performance } from '../scenario.ts';

export interface GitlabEvent {
  readonly variables: Readonly<Record<string, string>>;
  readonly unset?: readonly string[];
}

/** What GitLab would say: https://docs.gitlab.com/ci/variables/predefined_variables/ */
export function describeForGitlab({ story: { happening } }: Performance): GitlabEvent {
  const source = (name: string) => ({ CI_PIPELINE_SOURCE: name });
  switch (happening.kind) {
    case 'push':
      return { variables: { ...source('push'), CI_COMMIT_BEFORE_SHA: happening.before } };
    case 'tag':
      return {
        variables: { ...source('push'), CI_COMMIT_TAG: happening.tag, CI_COMMIT_REF_NAME: happening.tag },
        unset: ['CI_COMMIT_BRANCH'],
      };
    case 'merge_request':
      return {
        variables: { ...source('merge_request_event'), ...describeRequest(happening) },
        unset: ['CI_COMMIT_BRANCH'],
      };
    case 'schedule':
      return { variables: source('schedule') };
    case 'manual':
      return { variables: source('web') };
  }
}

function describeRequest({ branch, fromFork }: Extract<Happening, { kind: 'merge_request' }>) {
  return {
    CI_COMMIT_REF_NAME: branch,
    CI_MERGE_REQUEST_IID: '7',
    CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: branch,
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
    CI_MERGE_REQUEST_PROJECT_ID: '5',
    CI_MERGE_REQUEST_SOURCE_PROJECT_ID: fromFork ? '6' : '5',
  };
}
