import { expect, test } from '@jest/globals';
import { detectCi } from './index.ts';
import { tagVariables } from './tag-variables.ts';
import { BLANK_EVENT } from './event-fields.ts';

const SHA = '0123456789abcdef0123456789abcdef01234567';

test.each([
  [{ GITHUB_ACTIONS: 'true' }, 'github'],
  [{ GITLAB_CI: 'true' }, 'gitlab'],
  [{ GITLAB_CI: 'false', CI_PIPELINE_SOURCE: 'push' }, 'gitlab'],
  [{ CI: 'true', GITHUB_ACTIONS: 'false' }, 'local'],
  [{}, 'local'],
])('%j is %s', async (env, id) => {
  expect((await detectCi({ env, write: () => undefined })).id).toBe(id);
});

test('on the command line the working tree is what is pushed', async () => {
  const written: string[] = [];
  const ci = await detectCi({ env: { BUILD_NUMBER: '5' }, write: (text) => void written.push(text) });
  expect(ci.event()).toEqual({ ...BLANK_EVENT, kind: 'push', buildNumber: '5' });
  ci.group('title')();
  expect(written).toEqual(['title\n']);
});

test('a branch has every name on every platform', () => {
  const event = { ...BLANK_EVENT, kind: 'push', buildNumber: '42', defaultBranch: 'main' } as const;
  const head = { sha: SHA, ref: 'refs/heads/Feature/X_1' };
  expect(tagVariables({ event, head, env: {} })).toEqual({
    GITHUB_REF_NAME: 'Feature/X_1',
    CI_COMMIT_REF_NAME: 'Feature/X_1',
    BRANCH_NAME: 'Feature/X_1',
    CI_COMMIT_REF_SLUG: 'feature-x-1',
    GITHUB_REF: 'refs/heads/Feature/X_1',
    GITHUB_REF_TYPE: 'branch',
    CI_COMMIT_BRANCH: 'Feature/X_1',
    GITHUB_SHA: SHA,
    CI_COMMIT_SHA: SHA,
    CI_COMMIT_SHORT_SHA: '01234567',
    BUILD_NUMBER: '42',
    GITHUB_RUN_NUMBER: '42',
    CI_PIPELINE_IID: '42',
    CI_DEFAULT_BRANCH: 'main',
    CI_COMMIT_TAG: '',
    PR_NUMBER: '',
    CI_MERGE_REQUEST_IID: '',
    GITHUB_HEAD_REF: '',
    CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: '',
    GITHUB_BASE_REF: '',
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: '',
  });
});

test('a pull request and a tag have what is theirs alone', () => {
  const request = { ...BLANK_EVENT, kind: 'merge_request', number: 7 } as const;
  const env = { GITHUB_HEAD_REF: 'feature', CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main' };
  const variables = tagVariables({ event: request, head: { sha: SHA, ref: 'refs/pull/7/merge' }, env });
  expect(variables).toMatchObject({
    GITHUB_REF_NAME: '7/merge',
    PR_NUMBER: '7',
    CI_MERGE_REQUEST_IID: '7',
    CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'feature',
    GITHUB_BASE_REF: 'main',
  });
  expect(variables['CI_COMMIT_BRANCH']).toBe('');
  const tag = tagVariables({
    event: { ...BLANK_EVENT, kind: 'tag' },
    head: { sha: SHA, ref: 'refs/tags/v1.2.3' },
    env: {},
  });
  expect(tag).toMatchObject({ CI_COMMIT_TAG: 'v1.2.3', GITHUB_REF_TYPE: 'tag', BRANCH_NAME: 'v1.2.3' });
  expect(tag['PR_NUMBER']).toBe('');
});

test('what a run does not have may be set by hand', () => {
  const head = { sha: SHA, ref: 'refs/heads/main' };
  const variables = tagVariables({ event: BLANK_EVENT, head, env: { PR_NUMBER: '5', GITHUB_SHA: 'stale' } });
  expect(variables).toMatchObject({ PR_NUMBER: '5', CI_MERGE_REQUEST_IID: '', GITHUB_SHA: SHA });
});
