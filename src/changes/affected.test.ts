import { describe, expect, test } from '@jest/globals';
import type { ChangedFile, ChangeSet, ImageInputs, Verdict } from '../domain/change.ts';
import type { RunEvent } from '../domain/event.ts';
import { decideAffected, type AffectedInput } from './affected.ts';
import { isDocumentation } from './input-index.ts';

const EVENT: RunEvent = {
  kind: 'push',
  ref: 'refs/heads/main',
  sha: 'a'.repeat(40),
  before: null,
  target: null,
  defaultBranch: 'main',
  number: null,
  fromFork: false,
  images: [],
  buildNumber: null,
};

function image(name: string, more: Partial<ImageInputs> = {}): ImageInputs {
  const files = [`${name}/build-config.yaml`, `${name}/Dockerfile`, `${name}/Dockerfile.dockerignore`];
  return { name, directories: [name], files, watch: [], copies: [], followsTags: false, go: null, ...more };
}

function changed(...paths: string[]): ChangeSet {
  const files = paths.map((path): ChangedFile => ({ path, status: 'modified', uncommitted: false }));
  return { base: 'b', basis: '', everything: null, files };
}

type FoundUnchanged = Partial<Omit<AffectedInput, 'event'>> & { readonly event?: Partial<RunEvent> };

function ask({ event, ...question }: FoundUnchanged): ReadonlyMap<string, Verdict> {
  const defaults = { images: [], changes: changed(), requested: null, weekly: null };
  return decideAffected({ ...defaults, ...question, event: { ...EVENT, ...event } });
}

function affectedBy(images: readonly ImageInputs[], ...paths: string[]): readonly string[] {
  return [...ask({ images, changes: changed(...paths) })].flatMap(([name, { affected }]) =>
    affected ? [name] : [],
  );
}

describe('files', () => {
  test('below the directory count, elsewhere they do not', () => {
    const images = [image('api'), image('api-gateway'), image('web')];
    expect(affectedBy(images, 'api/cmd/server/main.go')).toEqual(['api']);
    expect(affectedBy(images, 'apis/x', 'other', 'Dockerfile')).toEqual([]);
    expect(affectedBy(images, 'api/.hidden/x', 'web/-x', 'api-gateway/a\nb')).toHaveLength(3);
  });

  test('of a nested image are in the context of the one above, and of the root', () => {
    const images = [image('a'), image('a/b'), image('root', { directories: ['.'] })];
    expect(affectedBy(images, 'a/b/x')).toEqual(['a', 'a/b', 'root']);
    expect(affectedBy(images, 'a/x')).toEqual(['a', 'root']);
  });

  test('of documentation count where something copies them by name', () => {
    const copies = ['api/index.md', 'api/docs', 'api/*.md', 'api/[\\[]x/README*', 'api/a\\*b'];
    const images = copies.map((copied, at) => image(`api${at}`, { directories: ['api'], copies: [copied] }));
    const named = (path: string) => affectedBy(images, path).map((name) => Number(name.slice(3)));
    expect(named('api/index.md')).toEqual([0, 2]);
    expect(named('api/docs/a/b.md')).toEqual([1]);
    expect(named('api/x/y.md')).toEqual([]);
    expect(named('api/[x/README.md')).toEqual([3]);
    expect(named('api/a*b/c.md')).toEqual([4]);
    expect(named('api/axb/c.md')).toEqual([]);
  });

  test('of documentation are the reason where nothing else changed', () => {
    const verdicts = ask({ images: [image('api'), image('web')], changes: changed('api/a.md') });
    expect(verdicts.get('api')?.why).toBe('only documentation changed');
    expect(verdicts.get('web')?.why).toBe('no change');
  });

  test('of documentation do not count, unless they are named', () => {
    const images = [image('api', { files: ['api/README.md'] }), image('web')];
    expect(affectedBy(images, 'web/README', 'web/docs/x.md', 'web/LICENSE')).toEqual([]);
    expect(affectedBy(images, 'api/README.md')).toEqual(['api']);
    expect(affectedBy(images, 'web/README.md', 'web/main.go')).toEqual(['web']);
  });

  test.each([
    ['README', true],
    ['README.rst', true],
    ['x/readme.txt', true],
    ['x/CHANGELOG.MD', true],
    ['LICENSE-APACHE', true],
    ['licence.txt', true],
    ['UNLICENSE', true],
    ['license.go', false],
    ['readme_generator.py', false],
    ['x.md/main.go', false],
    ['README.d/main.go', false],
    ['mdx', false],
  ])('%s is documentation: %s', (path, expected) => {
    expect(isDocumentation(path)).toBe(expected);
  });

  test('that ignore files or the project decide count for those they concern', () => {
    const images = [image('api'), image('web')];
    expect(affectedBy(images, 'web/Dockerfile.dockerignore')).toEqual(['web']);
    expect(affectedBy(images, '.hephy/project.yaml')).toEqual(['api', 'web']);
    expect(affectedBy(images, 'x/.hephy/project.yaml')).toEqual([]);
  });

  test('above an input are submodules, or were folders before', () => {
    const images = [image('vendor/app'), image('lib', { watch: ['vendor/proto/**/*.proto'] }), image('web')];
    expect(affectedBy(images, 'vendor')).toEqual(['vendor/app', 'lib']);
    expect(affectedBy(images, 'vendor/app')).toEqual(['vendor/app']);
  });
});

describe('watch', () => {
  test.each([
    ['proto/**', 'proto/a/.b', true],
    ['proto/**/*.proto', 'proto/x.proto', true],
    ['proto/**/*.proto', 'proto/x.md', false],
    ['**/*.sql', 'db/x.sql', true],
    ['shared', 'shared/a/b.md', true],
    ['shared/', 'shared/a', true],
    ['./shared/**', 'shared/a', true],
    ['shared', 'shared-not/a', false],
    ['go.mod', 'go.mod', true],
    ['{a,b}/*.js', 'b/x.js', true],
    ['a/[[]x].js', 'a/[x].js', true],
    ['\\*/x', '*/x', true],
    ['with space/*', 'with space/ü', true],
    ['*', 'a/b', false],
    ['README.md', 'README.md', true],
  ])('%s and %s: %s', (glob, path, expected) => {
    expect(affectedBy([image('api', { watch: [glob] })], path)).toEqual(expected ? ['api'] : []);
  });

  test('a glob with an exclamation mark takes paths out again', () => {
    const images = [image('api', { watch: ['proto', '!proto/legacy/**'] })];
    expect(affectedBy(images, 'proto/x')).toEqual(['api']);
    expect(affectedBy(images, 'proto/legacy/x')).toEqual([]);
  });

  test('what is no glob at all is an error of its own', () => {
    const images = [image('api', { watch: [`${'*'.repeat(70_000)}x`] })];
    expect(() => affectedBy(images, 'x')).toThrowWithCode('CONFIG_VALUE');
  });
});

describe('Go', () => {
  const go = {
    packages: ['services/api/cmd/server'],
    directories: ['pkg/auth', 'services/api/cmd/server'],
    trees: ['pkg/pages'],
    files: ['go.mod', 'go.sum'],
  };
  const images = [image('services/api', { go, watch: ['db/*.sql'] })];

  test('asks for the files of its packages instead of its directory', () => {
    expect(affectedBy(images, 'pkg/auth/token.go')).toEqual(['services/api']);
    expect(affectedBy(images, 'pkg/auth/token_test.go', 'pkg/auth/README.md', 'pkg/auth/sub/x.go')).toEqual(
      [],
    );
    expect(affectedBy(images, 'services/api/unrelated.txt', 'services/api/docs/x.go')).toEqual([]);
    expect(affectedBy(images, 'pkg/pages/deep/index.md')).toEqual(['services/api']);
    for (const path of ['go.sum', 'db/x.sql', 'services/api/Dockerfile']) {
      expect(affectedBy(images, path)).toEqual(['services/api']);
    }
  });

  test('says who imports what lies elsewhere', () => {
    const why = (path: string) => ask({ images, changes: changed(path) }).get('services/api')?.why;
    expect(why('pkg/auth/token.go')).toBe('changed: pkg/auth/token.go (imported by services/api/cmd/server)');
    expect(why('services/api/cmd/server/main.go')).toBe('changed: services/api/cmd/server/main.go');
  });
});

describe('why', () => {
  test('names the first file and counts the rest, on one line', () => {
    const why = (...paths: string[]) =>
      ask({ images: [image('a')], changes: changed(...paths) }).get('a')?.why;
    expect(why('a/x')).toBe('changed: a/x');
    expect(why('a/w', 'a/x', 'a/y', 'b/z', 'a/z')).toBe('changed: a/w and 3 more');
    expect(why('b')).toBe('no change');
    expect(why('a/x\n::error::y')).toBe('changed: a/x\\n::error::y');
  });

  test('everything is everything, and uncommitted inputs make an image dirty', () => {
    const files = [{ path: 'a/x', status: 'modified', uncommitted: true }] as const;
    const changes = { ...changed(), files, everything: 'new branch: nothing to compare with' };
    const verdicts = ask({ images: [image('a'), image('b')], changes });
    expect(verdicts.get('a')).toEqual({ affected: true, why: changes.everything, dirty: true });
    expect(verdicts.get('b')).toEqual({ affected: true, why: changes.everything, dirty: false });
  });
});

describe('names decide', () => {
  const images = [image('api'), image('web'), image('db', { followsTags: true })];

  test('on manual runs: those that were asked for, or all', () => {
    const named = ask({ images, event: { kind: 'manual', images: ['web'] }, changes: changed('api/x') });
    expect(named.get('web')).toMatchObject({ affected: true, why: 'requested' });
    expect(named.get('api')).toMatchObject({ affected: false, why: 'not requested' });
    for (const verdict of ask({ images, event: { kind: 'manual' } }).values())
      expect(verdict.affected).toBe(true);
  });

  test('where the user names them, whatever the event', () => {
    const named = ask({ images, requested: ['api'], changes: changed('web/x') });
    expect([...named.values()].map((verdict) => verdict.affected)).toEqual([true, false, false]);
    const all = ask({ images, requested: 'all' });
    expect([...all.values()].every((verdict) => verdict.affected)).toBe(true);
    expect(() => ask({ images, requested: ['wbe', '__proto__'] })).toThrowWithCode('IMAGE_UNKNOWN');
  });

  test('on a schedule: those of the list', () => {
    const verdicts = ask({ images, event: { kind: 'schedule' }, weekly: ['db'], changes: changed('api/x') });
    expect([...verdicts.values()].map(({ why }) => why)).toEqual([
      'not in rebuild-weekly.txt',
      'not in rebuild-weekly.txt',
      'schedule',
    ]);
  });

  test('on a tag: those whose tags follow it, and those that changed', () => {
    const event = { kind: 'tag', ref: 'refs/tags/v1.2.3' } as const;
    const verdicts = ask({ images, event, changes: changed('api/x') });
    expect([...verdicts.values()].map(({ why }) => why)).toEqual([
      'changed: api/x',
      'no change',
      'tag v1.2.3',
    ]);
  });
});

test('images whose names are words of the language are images', () => {
  const images = ['__proto__', 'constructor', 'toString'].map((name) => image(name));
  expect(affectedBy(images, '__proto__/x', 'toString/y')).toEqual(['__proto__', 'toString']);
});
