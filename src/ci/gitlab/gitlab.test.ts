import { describe, expect, test } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HephyError } from '../../errors.ts';
import { createTempDir } from '../../../test/support/git-repo.ts';
import type { PublishedImage } from '../ci.ts';
import { renderCodeQuality } from './code-quality.ts';
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
    expect(() => ci.setOutput('build', 'a\nPATH=x')).toThrowWithCode('INTERNAL');
  });

  test('keeps what files carry out of the dotenv file, and what GitLab would refuse', async () => {
    const { ci, dir } = await record();
    ci.setOutput('plan', 'x');
    ci.setOutput('images', '["a"]');
    ci.setOutput('long', 'x'.repeat(5120));
    for (let at = 0; at < 30; at += 1) ci.setOutput(`v${at}`, 'x');
    const lines = (await readFile(join(dir, 'hephy.env'), 'utf8')).split('\n');
    expect(lines.slice(0, 2)).toEqual(['HEPHY_V0=x', 'HEPHY_V1=x']);
    expect(lines.length).toBe(21);
  });

  test('hands over what was published, each kind of variable whole or not at all', async () => {
    const { ci, dir, written } = await record();
    const names = ['api', 'web', 'edge', 'a', 'b', 'c', 'd', 'e'];
    ci.handOver(names.map((name) => published(name)));
    const env = await readFile(join(dir, 'hephy.env'), 'utf8');
    expect(env.split('\n').slice(0, 2)).toEqual([
      'HEPHY_IMAGE_API=registry.example.com/shop@sha256:api',
      'HEPHY_IMAGE_WEB=registry.example.com/shop@sha256:web',
    ]);
    expect(env).toContain('HEPHY_DIGEST_E=sha256:e\n');
    expect(env).not.toContain('HEPHY_TAG_');
    expect(written).toEqual(['hephy.env has no room for HEPHY_TAG_*: read hephy-images.json instead.\n']);
    const file: unknown = JSON.parse(await readFile(join(dir, 'hephy-images.json'), 'utf8'));
    expect(file).toMatchObject({
      api: {
        reference: 'registry.example.com/shop@sha256:api',
        digest: 'sha256:api',
        tags: ['api-1', 'api-2'],
      },
    });
    expect(Object.keys(Object(file))).toEqual(names);
  });

  test('hands over no reference to a host that is not told', async () => {
    const { ci, dir } = await record();
    ci.handOver([{ ...published('api'), reference: null }]);
    expect(await readFile(join(dir, 'hephy.env'), 'utf8')).toBe(
      'HEPHY_DIGEST_API=sha256:api\nHEPHY_TAG_API=api-1\n',
    );
    expect(await readdir(dir)).toEqual(['hephy.env']);
  });

  test('folds what belongs together, from when it began', async () => {
    const { ci, written } = await record();
    ci.group('a\x1b[2Jb\nc', 12_345)();
    ci.group('next')();
    const log = written.join('');
    expect(log).toMatch(/section_start:12:hephy_1\[collapsed=true\]\r\x1b\[0Ka\\x1b\[2Jb\\nc\n/);
    expect(log).toMatch(/section_end:\d{10}:hephy_1\r/);
    expect(log).toMatch(/section_start:\d{10}:hephy_2\[/);
    expect(log).toMatch(/section_end:\d{10}:hephy_2\r/);
  });

  test('reports problems for Code Quality', async () => {
    const { ci, dir } = await record();
    const same = { code: 'CONFIG_TYPE', message: 'one' };
    ci.annotate({ ...same, at: { file: './api/x.yaml', line: 3 }, hint: 'Do this.' });
    ci.annotate(new HephyError('USAGE', 'no place'));
    ci.annotate(new HephyError('CONFIG_TYPE', 'two', { at: { file: 'web/x.yaml' } }));
    await ci.summary({ markdown: () => '', html: () => '' });
    expect(await readQuality(dir)).toEqual([
      {
        description: 'one\nDo this.',
        check_name: 'CONFIG_TYPE',
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
        severity: 'blocker',
        location: { path: 'api/x.yaml', lines: { begin: 3 } },
      },
      expect.objectContaining({ description: 'two', location: { path: 'web/x.yaml', lines: { begin: 1 } } }),
    ]);
  });

  test('knows a problem again that moved, and tells two alike apart', () => {
    const at = (line: number) => ({ code: 'CONFIG_TYPE', message: 'one', at: { file: 'x.yaml', line } });
    const [moved, two] = [fingerprints([at(9)]), fingerprints([at(3), at(4)])];
    expect(moved[0]).toBe(two[0]);
    expect(two[1]).not.toBe(two[0]);
  });

  test('leaves a summary, a report, and an empty Code Quality report that settles old problems', async () => {
    const { ci, dir } = await record();
    await ci.summary({ markdown: () => '# Done', html: () => '<!doctype html>' });
    expect(await readFile(join(dir, 'hephy-summary.md'), 'utf8')).toBe('# Done\n');
    expect(await readFile(join(dir, 'hephy-report.html'), 'utf8')).toBe('<!doctype html>');
    expect(await readQuality(dir)).toEqual([]);
  });

  async function readQuality(dir: string): Promise<unknown> {
    return JSON.parse(await readFile(join(dir, 'hephy-code-quality.json'), 'utf8'));
  }

  function fingerprints(problems: Parameters<typeof renderCodeQuality>[0]): string[] {
    const findings: { fingerprint: string }[] = JSON.parse(renderCodeQuality(problems));
    return findings.map(({ fingerprint }) => fingerprint);
  }

  function published(name: string): PublishedImage {
    const digest = `sha256:${name}`;
    const tags = [`${name}-1`, `${name}-2`];
    return {
      name,
      variable: name.toUpperCase(),
      tags,
      digest,
      reference: `registry.example.com/shop@${digest}`,
    };
  }
});
