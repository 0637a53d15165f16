import { describe, expect, test } from '@jest/globals';
import { detectGithubEvent } from './event.ts';

const SHA = 'a'.repeat(40);
const ENV = { GITHUB_SHA: SHA, GITHUB_REF: 'refs/heads/main', GITHUB_RUN_NUMBER: '42' };
const REPOSITORY = { full_name: 'acme/shop', default_branch: 'trunk' };

function detect(name: string, payload: unknown = {}, env: Record<string, string> = {}) {
  const all = { ...ENV, GITHUB_EVENT_NAME: name, ...env };
  return detectGithubEvent({ env: all, payload, images: env['images'] });
}

test('a push tells the commit before it, the default branch and the run number', () => {
  const before = 'b'.repeat(40);
  expect(detect('push', { before, repository: REPOSITORY })).toEqual({
    kind: 'push',
    ref: 'refs/heads/main',
    sha: SHA,
    before,
    target: null,
    defaultBranch: 'trunk',
    number: null,
    fromFork: false,
    images: [],
    buildNumber: '42',
  });
});

test.each(['push', 'create', 'release'])('%s of a tag is a tag', (name) => {
  expect(detect(name, {}, { GITHUB_REF: 'refs/tags/v1.0.0' }).kind).toBe('tag');
});

describe('a pull request', () => {
  function request(head: unknown, more: object = {}) {
    return { pull_request: { number: 7, base: { ref: 'release/1', repo: REPOSITORY }, head }, ...more };
  }

  test.each(['pull_request', 'pull_request_target'])('%s is compared with its target', (name) => {
    const event = detect(name, request({ ref: 'feature', repo: REPOSITORY }));
    expect(event).toMatchObject({ kind: 'merge_request', target: 'release/1', number: 7, fromFork: false });
  });

  test.each([[{ ref: 'x', repo: { full_name: 'eve/shop' } }], [{ ref: 'x', repo: null }], [undefined]])(
    'from %j comes from a fork',
    (head) => {
      expect(detect('pull_request', request(head)).fromFork).toBe(true);
    },
  );

  test('without a payload is one all the same', () => {
    const event = detect('pull_request', undefined, { GITHUB_BASE_REF: 'main' });
    expect(event).toMatchObject({ kind: 'merge_request', target: 'main', number: null, fromFork: true });
  });

  test('in a merge queue is compared with what the queue starts from, and is pushed nowhere', () => {
    const event = detect('merge_group', { merge_group: { base_sha: 'c'.repeat(40) } });
    expect(event).toMatchObject({ kind: 'merge_request', target: 'c'.repeat(40) });
  });
});

test.each(['workflow_dispatch', 'repository_dispatch', 'workflow_run', 'issue_comment', ''])(
  '%j is a manual run',
  (name) => {
    expect(detect(name, { before: 'b'.repeat(40) })).toMatchObject({ kind: 'manual', before: null });
  },
);

test('a schedule is one', () => {
  expect(detect('schedule', { schedule: '0 0 * * 0' }).kind).toBe('schedule');
});

test('images come from the input, else from the dispatch', () => {
  const payload = { inputs: { images: 'api,\n web  db' } };
  expect(detect('workflow_dispatch', payload).images).toEqual(['api', 'web', 'db']);
  expect(detect('workflow_dispatch', payload, { images: 'edge' }).images).toEqual(['edge']);
  expect(detect('workflow_dispatch', { inputs: null }).images).toEqual([]);
});

test.each([[null], ['text'], [7], [[]], [{ before: 7, repository: 'x', pull_request: 'y', inputs: [] }]])(
  'a payload of %j says nothing and breaks nothing',
  (payload) => {
    expect(detect('push', payload)).toMatchObject({ kind: 'push', before: null, defaultBranch: null });
  },
);
