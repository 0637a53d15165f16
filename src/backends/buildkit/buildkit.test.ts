import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { buildkitLeg, type BuildkitLegChanges } from '../../../test/support/buildkit-leg.ts';
import type { Invocation } from '../../domain/invocation.ts';
import { buildkit } from './buildkit.ts';
import { csvRecord } from '../shared/csv.ts';

const goldens = fileURLToPath(new URL('golden', import.meta.url));

/** Each file holds a leg and the whole command that comes of it. HEPHY_UPDATE_GOLDEN=1 writes the second half anew. */
describe('golden', () => {
  test.each(readdirSync(goldens))('%s', (name) => {
    const path = `${goldens}/${name}`;
    const golden: { leg: BuildkitLegChanges; invocation?: unknown } = parse(readFileSync(path, 'utf8'));
    const shown = show(buildkit.invocation(buildkitLeg(golden.leg)));
    if (process.env['HEPHY_UPDATE_GOLDEN'] === '1') {
      const head = readFileSync(path, 'utf8').split('\ninvocation:')[0]?.trimEnd() ?? '';
      const written = stringify({ invocation: shown }, { lineWidth: 0, aliasDuplicateObjects: false });
      writeFileSync(path, `${head}\n\n${written}`);
    } else {
      expect(shown).toEqual(golden.invocation);
    }
  });
});

/** For people to read: names in one line. */
function show({ passEnv, ...command }: Invocation): object {
  return { ...command, passEnv: passEnv.join(' ') };
}

function argsOf(changes: BuildkitLegChanges): readonly string[] {
  return buildkit.invocation(buildkitLeg(changes)).args;
}

function valuesOf(flag: string, changes: BuildkitLegChanges): readonly string[] {
  const args = argsOf(changes);
  return args.filter((_, index) => args[index - 1] === flag);
}

describe('what goes wrong', () => {
  test.each(['', 'a=b', 'a b', 'a\nb'])('a label or annotation called %j', (name) => {
    expect(() => argsOf({ labels: { [name]: 'x' } })).toThrowWithCode('CONFIG_VALUE');
    expect(() => argsOf({ annotations: { [name]: 'x' } })).toThrowWithCode('CONFIG_VALUE');
  });

  test('an annotation that buildctl would rename', () => {
    expect(() => argsOf({ annotations: { 'com.example.Team': 'x' } })).toThrowWithCode('CONFIG_VALUE');
    expect(valuesOf('--opt', { labels: { 'com.example.Team': 'x' } })).toContain('label:com.example.Team=x');
  });
});

describe('inputs', () => {
  test('the Dockerfile and what it ignores', () => {
    expect(
      buildkit.inputs(buildkitLeg({ context: 'a', dockerfile: 'deploy/web.Dockerfile' }).recipe),
    ).toEqual(['deploy/web.Dockerfile', 'deploy/web.Dockerfile.dockerignore', 'a/.dockerignore']);
    expect(buildkit.inputs(buildkitLeg({ context: '.', dockerfile: null }).recipe)[0]).toBe('Dockerfile');
  });
});

test('the Dockerfile is named from the root, unless its directory would be read as a pattern', () => {
  expect(valuesOf('--opt', { context: 'web' })).toContain('filename=web/Dockerfile');
  expect(valuesOf('--local', { context: 'web' })).toEqual(['context=/checkout/web', 'dockerfile=/checkout']);
  const odd = { context: 'web [x]' };
  expect(valuesOf('--opt', odd)).toContain('filename=Dockerfile');
  expect(valuesOf('--local', odd)).toEqual(['context=/checkout/web [x]', 'dockerfile=/checkout/web [x]']);
});

describe('a rebuild', () => {
  test.each([{ ref: null }, { ref: 'gha' }])('reads no layers, and keeps its own: %j', (cache) => {
    const { args } = buildkit.invocation(buildkitLeg({ fresh: true, cache }));
    expect(args).toContain('--no-cache');
    expect(args).toContain('image-resolve-mode=pull');
    expect(args).toContain('--export-cache');
    expect(args).not.toContain('--import-cache');
  });

  test.each([
    { cache: { enabled: false } },
    { layers: { repository: 'r.example.com/shop', insecure: false, writable: false } },
  ])('neither reads nor writes layers where it may not: %j', (changes) => {
    const { args } = buildkit.invocation(buildkitLeg({ fresh: true, ...changes }));
    expect(args).toContain('--no-cache');
    expect(args.filter((arg) => /^--(im|ex)port-cache$/.test(arg))).toEqual([]);
  });
});

describe('cache', () => {
  test.each([
    [null, 'ref=127.0.0.1:5000/shop:buildcache-web-linux-amd64,registry.insecure=true'],
    ['ghcr.io/acme/cache', 'ref=ghcr.io/acme/cache:web-linux-amd64'],
    ['ghcr.io/acme/cache:main', 'ref=ghcr.io/acme/cache:main-web-linux-amd64'],
    ['127.0.0.1:5000/cache', 'ref=127.0.0.1:5000/cache:web-linux-amd64,registry.insecure=true'],
  ])('%s is kept as %s', (ref, expected) => {
    expect(valuesOf('--import-cache', { cache: { ref } })).toEqual([`type=registry,${expected}`]);
    expect(valuesOf('--export-cache', { cache: { ref, mode: 'min' } })).toEqual([
      `type=registry,${expected},mode=min,image-manifest=true,oci-mediatypes=true,ignore-error=true`,
    ]);
  });

  test('one for each architecture and target', () => {
    const ids = ['kaniko/debug/linux-amd64', 'kaniko/debug/linux-arm64', 'kaniko/linux-amd64'];
    expect(new Set(ids.map((id) => valuesOf('--import-cache', { id })[0])).size).toBe(3);
  });

  test("GitHub's, whose token only then is passed", () => {
    const leg = buildkitLeg({ cache: { ref: 'gha' } });
    expect(buildkit.invocation(leg).passEnv).toContain('ACTIONS_RUNTIME_TOKEN');
    expect(buildkit.invocation(buildkitLeg()).passEnv).not.toContain('ACTIONS_RUNTIME_TOKEN');
    expect(valuesOf('--import-cache', { cache: { ref: 'gha' } })).toEqual(['type=gha,scope=web-linux-amd64']);
  });

  test('off', () => {
    expect(argsOf({ cache: { enabled: false, ref: 'gha' } }).join(' ')).not.toContain('cache');
  });

  test('what may not be written is read; GitHub keeps what pull requests write apart', () => {
    const layers = { repository: 'r.example.com/shop', insecure: false, writable: false };
    expect(valuesOf('--export-cache', { layers })).toEqual([]);
    expect(valuesOf('--import-cache', { layers })).toEqual([
      'type=registry,ref=r.example.com/shop:buildcache-web-linux-amd64',
    ]);
    const named = { layers, cache: { ref: 'ghcr.io/acme/cache' } };
    expect(valuesOf('--export-cache', named)).toEqual([]);
    expect(valuesOf('--import-cache', named)).toHaveLength(1);
    expect(valuesOf('--export-cache', { layers, cache: { ref: 'gha' } })).toHaveLength(1);
  });
});

describe('the digest', () => {
  const digest = `sha256:${'4f'.repeat(32)}`;
  const leg = buildkitLeg();
  const name = `${leg.repository}:${leg.tag}`;
  const read = (text?: string) =>
    buildkit.readResult(leg, {
      ...{ exitCode: 0, stdout: '', output: '', durationMs: 1, timedOut: false },
      files: text === undefined ? {} : { '/scratch/web/metadata.json': text },
    });

  test('is read from the metadata', () => {
    expect(buildkit.resultFiles(leg)).toEqual(['/scratch/web/metadata.json']);
    const metadata = JSON.stringify({ 'containerimage.digest': digest, 'image.name': name });
    expect(read(metadata)).toEqual({ digest });
  });

  test.each([
    undefined,
    '',
    '[]',
    'null',
    '{"containerimage.digest": 3}',
    JSON.stringify({ 'containerimage.digest': digest }),
    JSON.stringify({ 'containerimage.digest': 'sha256:short', 'image.name': name }),
    JSON.stringify({ 'containerimage.digest': digest, 'image.name': 'evil.example.com/shop:x' }),
  ])('is not believed from %j', (text) => {
    expect(read(text)).toThrowWithCode('BUILD_FAILED');
  });
});

test('a record of CSV gives back what went in', () => {
  const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', '=', ' ', 'é') });
  fc.assert(
    fc.property(fc.array(field), (values) => {
      const fields = Object.fromEntries(values.map((value, index) => [`k${index}`, value]));
      const expected = Object.entries(fields).map((pair) => pair.join('='));
      expect(readRecord(csvRecord(fields))).toEqual(expected);
    }),
  );
});

/** RFC 4180 by the letter. */
function readRecord(record: string): string[] {
  const fields = [...record.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",\r\n]*))(?=,|$)/g)];
  return record === '' ? [] : fields.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
}
