import { describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HephyError } from '../../errors.ts';
import { createTempDir } from '../../../test/support/git-repo.ts';
import { detectGitlabEvent } from './event.ts';
import { createGitlabCi } from './gitlab.ts';

const SHA = 'a'.repeat(40);
const BEFORE = 'b'.repeat(40);
const ENV = {
  CI_COMMIT_SHA: SHA,
  CI_COMMIT_BEFORE_SHA: BEFORE,
  CI_COMMIT_REF_NAME: 'feature/x',
  CI_DEFAULT_BRANCH: 'main',
  CI_PIPELINE_IID: '9',
};
const REQUEST = {
  CI_MERGE_REQUEST_IID: '7',
  CI_MERGE_REQUEST_PROJECT_ID: '1',
  CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '1',
  CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
};

function detect(source: string, more: Record<string, string> = {}) {
  return detectGitlabEvent({ env: { ...ENV, CI_PIPELINE_SOURCE: source, ...more }, images: undefined });
}

describe('the event', () => {
  test('of a push has the commit before it', () => {
    expect(detect('push')).toEqual({
      kind: 'push',
      ref: 'refs/heads/feature/x',
      sha: SHA,
      before: BEFORE,
      target: null,
      defaultBranch: 'main',
      number: null,
      fromFork: false,
      images: [],
      buildNumber: '9',
    });
  });

  test('of a tag is a tag', () => {
    const event = detect('push', { CI_COMMIT_TAG: 'v1', CI_COMMIT_REF_NAME: 'v1' });
    expect(event).toMatchObject({ kind: 'tag', ref: 'refs/tags/v1' });
  });

  test.each([
    [{}, 'main'],
    [{ CI_MERGE_REQUEST_DIFF_BASE_SHA: 'c'.repeat(40) }, 'c'.repeat(40)],
    [
      {
        CI_MERGE_REQUEST_DIFF_BASE_SHA: 'c'.repeat(40),
        CI_MERGE_REQUEST_TARGET_BRANCH_SHA: 'd'.repeat(40),
      },
      'd'.repeat(40),
    ],
    [{ CI_MERGE_REQUEST_TARGET_BRANCH_SHA: '' }, 'main'],
  ])('of a merge request with %j is compared with %s', (more, target) => {
    const event = detect('merge_request_event', { ...REQUEST, ...more });
    expect(event).toMatchObject({ kind: 'merge_request', target, number: 7, fromFork: false, before: null });
  });

  test('of a request from another project comes from a fork', () => {
    const more = { ...REQUEST, CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '2' };
    expect(detect('merge_request_event', more).fromFork).toBe(true);
  });

  test('of a pull request elsewhere is a merge request', () => {
    const event = detect('external_pull_request_event', {
      CI_EXTERNAL_PULL_REQUEST_IID: '3',
      CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME: 'main',
      CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY: 'eve/shop',
      CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY: 'acme/shop',
    });
    expect(event).toMatchObject({ kind: 'merge_request', target: 'main', number: 3, fromFork: true });
  });

  test.each([
    ['schedule', 'schedule'],
    ['web', 'manual'],
    ['api', 'manual'],
    ['trigger', 'manual'],
    ['pipeline', 'manual'],
    ['parent_pipeline', 'push'],
    ['', 'manual'],
  ])('of source %j is %s', (source, kind) => {
    expect(detect(source).kind).toBe(kind);
  });
});

describe('the job', () => {
  async function record(more: Record<string, string> = {}) {
    const dir = await createTempDir();
    const written: string[] = [];
    const env = { ...ENV, CI_PROJECT_DIR: dir, CI_REGISTRY_IMAGE: 'registry.example.com/acme/shop', ...more };
    return { dir, written, ci: createGitlabCi({ env, write: (text) => void written.push(text) }) };
  }

  test('has inputs and a registry', async () => {
    const { ci } = await record({
      HEPHY_INPUT_MAX_JOBS: '4',
      HEPHY_INPUT_BACKEND: '',
      HEPHY_IMAGES: 'api web',
    });
    expect(ci.input('max-jobs')).toBe('4');
    expect(ci.input('backend')).toBe(undefined);
    expect(ci.event().images).toEqual(['api', 'web']);
    expect(ci.defaultRegistry()).toBe('registry.example.com/acme/shop');
  });

  test('writes outputs that a dotenv file can hold, and no others', async () => {
    const { ci, dir } = await record();
    ci.setOutput('tags-api', 'a=b "c" $d');
    expect(await readFile(join(dir, 'hephy.env'), 'utf8')).toBe('HEPHY_TAGS_API=a=b "c" $d\n');
    expect(() => ci.setOutput('plan', 'a\nPATH=x')).toThrowWithCode('INTERNAL');
  });

  test('folds what belongs together, closed also after a failure', async () => {
    const { ci, written } = await record();
    await expect(ci.group('a\x1b[2Jb\nc', () => Promise.reject(new Error('x')))).rejects.toThrow('x');
    await ci.group('next', async () => undefined);
    const log = written.join('');
    expect(log).toMatch(/section_start:\d+:hephy_1\[collapsed=true\]\r\x1b\[0Ka\\x1b\[2Jb\\nc\n/);
    expect(log).toMatch(/section_end:\d+:hephy_1\r/);
    expect(log).toMatch(/section_end:\d+:hephy_2\r/);
  });

  test('reports problems for Code Quality, and a summary', async () => {
    const { ci, dir } = await record();
    ci.annotate(new HephyError('CONFIG_TYPE', 'one', { at: { file: 'api/x.yaml', line: 3 } }));
    ci.annotate(new HephyError('USAGE', 'no place'));
    ci.annotate(new HephyError('CONFIG_TYPE', 'two', { at: { file: 'web/x.yaml' } }));
    await ci.summary('# Done');
    const report: unknown = JSON.parse(await readFile(join(dir, 'hephy-code-quality.json'), 'utf8'));
    expect(report).toMatchObject([
      { description: 'one', location: { path: 'api/x.yaml', lines: { begin: 3 } } },
      { description: 'two', location: { path: 'web/x.yaml', lines: { begin: 1 } } },
    ]);
    expect(await readFile(join(dir, 'hephy-summary.md'), 'utf8')).toBe('# Done\n');
  });
});
