import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { configured } from '../../test/support/configured.ts';
import type { HephyError } from '../errors.ts';
import type { RunEvent } from '../domain/event.ts';
import { expandAdditionalTags } from './additional-tags.ts';
import { findClashes } from './clashes.ts';
import { checkTagFormat, formatDefaultTag, shortRef } from './default-tag.ts';
import { nameOutputs } from './outputs.ts';
import { cleanTag, isLegalTag } from './tag-text.ts';
import { findVersions, relevantGitTags } from './version.ts';

const DEFAULT = {
  date: '20261120',
  revision: 'a1b2c3d4e5f60718293a4b5c6d7e8f9012345678',
  dirty: false,
  ref: 'refs/heads/main',
};

const EVENT: RunEvent = {
  kind: 'push',
  ref: 'refs/heads/main',
  sha: null,
  before: null,
  target: null,
  defaultBranch: 'main',
  number: null,
  fromFork: false,
  images: [],
  buildNumber: null,
};

function expand(
  tags: readonly string[],
  gitTag?: string,
  variables: Record<string, string> = { BRANCH_NAME: 'feature/x', PR_NUMBER: '' },
): { tags: readonly string[]; origins: readonly string[]; problems: readonly HephyError[] } {
  const problems: HephyError[] = [];
  const version = gitTag === undefined ? undefined : findVersions([gitTag])('api');
  const prerelease = version?.prerelease ?? false;
  const image = configured('api', { additional_tags: [...tags] });
  const found = expandAdditionalTags({ image, version, prerelease, variables }, problems);
  return { tags: found.map(({ text }) => text), origins: found.map(({ origin }) => origin), problems };
}

describe('cleaning', () => {
  test.each([
    ['feature/x', 'feature-x'],
    ['1.4.2', '1.4.2'],
    ['v1.0.0+build', 'v1.0.0-build'],
    ['-x', 'x'],
    ['..x', 'x'],
    ['_x', '_x'],
    ['a  b//c', 'a-b-c'],
    ['trailing/', 'trailing'],
    ['trailing-', 'trailing-'],
    ['$(id)', 'id'],
    ['', ''],
  ])('%j becomes %j', (text, tag) => {
    expect(cleanTag(text)).toBe(tag);
  });

  test('other alphabets leave a hash, so that two such branches stay apart', () => {
    expect(cleanTag('feature/ünï')).toMatch(/^feature-n-[0-9a-f]{8}$/);
    expect(cleanTag('功能')).toMatch(/^[0-9a-f]{8}$/);
    expect(cleanTag('x-功能')).not.toBe(cleanTag('x-能功'));
  });

  test('the result is a legal tag or empty, never too long, and clean tags stay themselves', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 400 }),
        fc.integer({ min: 20, max: 128 }),
        (text, longest) => {
          const tag = cleanTag(text, longest);
          expect(tag.length).toBeLessThanOrEqual(longest);
          expect(tag === '' || isLegalTag(tag)).toBe(true);
          expect(cleanTag(tag, longest)).toBe(tag);
        },
      ),
    );
  });

  test('texts that are cut stay apart, also when they differ only in what was cut or cleaned', () => {
    const long = fc.string({ unit: fc.constantFrom('a', 'b', '/', '-'), minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(long, long, (one, other) => {
        const stem = 'x'.repeat(128);
        expect(cleanTag(stem + one) === cleanTag(stem + other)).toBe(one === other);
      }),
    );
  });
});

describe('the default tag', () => {
  test('name, date and the short commit', () => {
    expect(formatDefaultTag('{name}-{date}-{sha}', { ...DEFAULT, name: 'curl' })).toBe(
      'curl-20261120-a1b2c3d',
    );
    expect(formatDefaultTag('{date}-{sha}', { ...DEFAULT, name: 'curl' })).toBe('20261120-a1b2c3d');
    expect(formatDefaultTag('{name}-{branch}', { ...DEFAULT, name: 'a', ref: 'refs/heads/feature/x' })).toBe(
      'a-feature-x',
    );
  });

  test('the ref of an upstream as v1 wrote it, and no trace of it where there is none', () => {
    const format = '{name}-{date}-{ref}';
    const upstream = { ...DEFAULT, name: 'kaniko', upstreamRef: 'release/v1.25.3' };
    expect(formatDefaultTag(format, upstream)).toBe('kaniko-20261120-release-v1-25-3');
    expect(formatDefaultTag(format, { ...DEFAULT, name: 'curl' })).toBe('curl-20261120');
    expect(formatDefaultTag('{ref}-{date}', { ...DEFAULT, name: 'curl' })).toBe('20261120');
    expect(checkTagFormat('{ref}', 'repository')).toMatchObject([{ code: 'CONFIG_TAG' }]);
  });

  test('what is not committed is dirty, wherever the commit stands or does not', () => {
    const dirty = { ...DEFAULT, name: 'a', dirty: true };
    expect(formatDefaultTag('{sha}-{name}', dirty)).toBe('a1b2c3d-dirty-a');
    expect(formatDefaultTag('{name}-{date}', dirty)).toBe('a-20261120-dirty');
  });

  test('a commit that could not be asked for', () => {
    expect(formatDefaultTag('{name}-{sha}', { ...DEFAULT, name: 'a', revision: null })).toBe('a-unresolved');
  });

  test('leaves room for the architecture, and long names stay apart', () => {
    const tag = (name: string): string => formatDefaultTag('{name}-{date}-{sha}', { ...DEFAULT, name });
    expect(isLegalTag(`${tag('n'.repeat(200))}-arm64`)).toBe(true);
    expect(tag(`${'n'.repeat(200)}a`)).not.toBe(tag(`${'n'.repeat(200)}b`));
  });

  test('formats that cannot work', () => {
    expect(checkTagFormat('{name}-{date}', 'tag')).toEqual([]);
    expect(checkTagFormat('{date}', 'repository')).toEqual([]);
    expect(checkTagFormat('{date}', 'tag')).toMatchObject([{ code: 'CONFIG_TAG' }]);
    expect(checkTagFormat('{name}-{shaa}', 'tag')).toMatchObject([{ code: 'CONFIG_TAG' }]);
    expect(checkTagFormat('//', 'repository')).toMatchObject([{ code: 'CONFIG_TAG' }]);
  });

  test('refs by their short names', () => {
    expect(shortRef('refs/heads/a/b')).toBe('a/b');
    expect(shortRef('refs/tags/v1')).toBe('v1');
    expect(shortRef('refs/pull/7/merge')).toBe('pr-7');
    expect(shortRef('refs/merge-requests/7/head')).toBe('pr-7');
    expect(shortRef('HEAD')).toBe('HEAD');
  });
});

describe('additional tags', () => {
  test('literals, and what is no tag', () => {
    expect(expand(['latest', 'v1.25.3', '012']).tags).toEqual(['latest', 'v1.25.3', '012']);
    expect(expand(['my tag!']).problems).toMatchObject([{ code: 'CONFIG_TAG', hint: '"my-tag" is legal.' }]);
    expect(expand(['x'.repeat(129)]).problems).toMatchObject([{ code: 'CONFIG_TAG' }]);
    expect(expand(['${A:-'.repeat(100_000)]).problems).toMatchObject([{ code: 'CONFIG_TAG' }]);
  });

  test('patterns on a release', () => {
    const { tags, origins } = expand(['{version}', '{major}.{minor}', '{major}', 'v{version}-x'], 'v1.4.2');
    expect(tags).toEqual(['1.4.2', '1.4', '1', 'v1.4.2-x']);
    expect(origins[1]).toBe('{major}.{minor} from git tag v1.4.2');
  });

  test('patterns are left out without a version', () => {
    expect(expand(['latest', '{version}', '{major}']).tags).toEqual(['latest']);
  });

  test('a pre-release moves nothing that others follow', () => {
    const all = ['latest', '{version}', '{major}.{minor}', '{major}', '{major}.{minor}.{patch}', 'edge'];
    expect(expand(all, 'v1.5.0-rc.1').tags).toEqual(['1.5.0-rc.1', 'edge']);
  });

  test('variables', () => {
    expect(expand(['${BRANCH_NAME}', 'x-${BRANCH_NAME}']).tags).toEqual(['feature-x', 'x-feature-x']);
    expect(expand(['pr-${PR_NUMBER}']).tags).toEqual([]);
    expect(expand(['pr-${PR_NUMBER:-none}']).tags).toEqual(['pr-none']);
    expect(expand(['${NOPE:-x}']).tags).toEqual(['x']);
    expect(expand(['${BRANCH_NAMES}']).problems).toMatchObject([
      {
        code: 'CONFIG_VARIABLE',
        hint: 'Did you mean ${BRANCH_NAME}?',
        at: { file: 'api/build-config.yaml', line: 7, column: 5 },
      },
    ]);
  });

  test('a branch that is called like a pattern or a variable is only a branch', () => {
    expect(expand(['${BRANCH_NAME}'], 'v1.0.0', { BRANCH_NAME: '{major}' }).tags).toEqual(['major']);
    expect(expand(['${BRANCH_NAME}'], 'v1.0.0', { BRANCH_NAME: '${HOME}' }).tags).toEqual(['HOME']);
  });

  test('unknown patterns', () => {
    expect(expand(['{majro}']).problems).toMatchObject([
      { code: 'CONFIG_TAG', hint: 'Did you mean {major}?' },
    ]);
  });

  test('whatever a variable holds, the tag is legal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (value) => {
        const { tags, problems } = expand(['pre-${V}', '${V}'], undefined, { V: value });
        expect(problems).toEqual([]);
        expect(tags.every(isLegalTag)).toBe(true);
      }),
    );
  });
});

describe('versions', () => {
  test.each([
    ['v1.4.2', '1.4.2'],
    ['1.4.2', '1.4.2'],
    ['api-v1.4.2', '1.4.2'],
    ['api/v1.4.2', '1.4.2'],
    ['api@1.4.2', '1.4.2'],
    ['v1.4.2+7', '1.4.2'],
    ['web-v1.4.2', undefined],
    ['v1.4', undefined],
    ['release', undefined],
    ['apiv1.4.2', undefined],
    ['vv1.4.2', undefined],
    ['v01.4.2', undefined],
  ])('%s is %s for api', (tag, version) => {
    expect(findVersions([tag])('api')?.version).toBe(version);
  });

  test('its own before the shared, the highest of several', () => {
    expect(findVersions(['v9.0.0', 'api-v1.10.0', 'api-v1.9.0'])('api')?.gitTag).toBe('api-v1.10.0');
    expect(findVersions(['v1.0.0-rc.1', 'v1.0.0'])('api')?.gitTag).toBe('v1.0.0');
  });

  test('a tag push counts alone, a merge request never', () => {
    const tag = { ...EVENT, kind: 'tag' as const, ref: 'refs/tags/v1.0.0' };
    expect(relevantGitTags(tag, ['v2.0.0'])).toEqual(['v1.0.0']);
    expect(relevantGitTags({ ...EVENT, kind: 'merge_request' }, ['v2.0.0'])).toEqual([]);
    expect(relevantGitTags(EVENT, ['v2.0.0'])).toEqual(['v2.0.0']);
  });
});

describe('outputs', () => {
  function outputs(layout: 'tag' | 'repository'): readonly string[] {
    const image = configured('kaniko', { targets: ['debug', 'slim'], additional_tags: ['latest', 'latest'] });
    const format = layout === 'tag' ? '{name}-{date}-{sha}' : '{date}-{sha}';
    const tagSource = { image, version: undefined, prerelease: false, variables: {} };
    return nameOutputs({ image, layout, format, defaultTag: DEFAULT, tagSource }, []).map(
      ({ repository, tags }) => `${repository}:${tags.join(',')}`,
    );
  }

  test('one for each target, its name in the tag or in the repository, tags once', () => {
    expect(outputs('tag')).toEqual([
      ':kaniko-debug-20261120-a1b2c3d,kaniko-debug-latest',
      ':kaniko-slim-20261120-a1b2c3d,kaniko-slim-latest',
    ]);
    expect(outputs('repository')).toEqual([
      'kaniko-debug:20261120-a1b2c3d,latest',
      'kaniko-slim:20261120-a1b2c3d,latest',
    ]);
  });

  test('two images, one tag', () => {
    const claims = [
      { repository: '', tag: 'a-b-latest', name: 'a', config: 'a/build-config.yaml' },
      { repository: '', tag: 'a-b-latest', name: 'a-b', config: 'a-b/build-config.yaml' },
      { repository: 'x', tag: 'a-b-latest', name: 'c', config: 'c/build-config.yaml' },
    ];
    expect(findClashes(claims)).toMatchObject([{ code: 'CONFIG_NAME_CLASH' }]);
    expect(findClashes(claims)[0]?.message).toMatch(/a\/build-config.yaml.*a-b\/build-config.yaml/);
    expect(findClashes(claims.slice(1))).toEqual([]);
  });
});
