import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import type { Leg } from '../../domain/image.ts';
import { kanikoLeg, type KanikoLegChanges } from '../../../test/support/kaniko-leg.ts';
import { KANIKO_FLAGS } from '../../../test/support/kaniko-flags.ts';
import { KANIKO_IMAGE } from './image.ts';
import { kaniko } from './kaniko.ts';
import { renderScript } from './script.ts';

const goldens = fileURLToPath(new URL('golden', import.meta.url));
const legs = readdirSync(goldens).map((name) => [name, read(name).leg] as const);

interface Golden {
  readonly leg: KanikoLegChanges;
  readonly invocation?: unknown;
  readonly script?: string;
}

function read(name: string): Golden {
  return parse(readFileSync(`${goldens}/${name}`, 'utf8')) as Golden;
}

/** Each file holds a leg and what comes of it. HEPHY_UPDATE_GOLDEN=1 writes the second half anew. */
describe('golden', () => {
  test.each(legs)('%s', (name, changes) => {
    const shown = show(kanikoLeg(changes));
    const path = `${goldens}/${name}`;
    if (process.env['HEPHY_UPDATE_GOLDEN'] === '1') {
      const head = readFileSync(path, 'utf8').split('\ninvocation:')[0]?.trimEnd() ?? '';
      writeFileSync(path, `${head}\n\n${stringify(shown, { lineWidth: 0, aliasDuplicateObjects: false })}`);
    } else {
      const { invocation, script } = read(name);
      expect(shown).toEqual({ invocation, script });
    }
  });
});

function show(leg: Leg): Required<Omit<Golden, 'leg'>> {
  const { passEnv, ...command } = kaniko.invocation(leg);
  const script = renderScript(leg, { root: '.', digestFile: '.hephy/digests/web.txt' });
  return { invocation: { ...command, passEnv: passEnv.join(' ') }, script: script.join('\n') };
}

test.each(legs)('%s: kaniko knows every flag that is used', (_, changes) => {
  const { args } = kaniko.invocation(kanikoLeg(changes));
  const own = args.slice(args.findIndex((word) => word.includes('kaniko:v')) + 1);
  expect(own.length).toBeGreaterThan(5);
  for (const word of own) expect(KANIKO_FLAGS).toContain(/^--([a-z-]+)(=|$)/.exec(word)?.[1]);
});

test('the image is of the maintained fork, has a shell, and is pinned', () => {
  expect(KANIKO_IMAGE).toMatch(/^martizih\/kaniko:v\d+\.\d+\.\d+-debug$/);
  expect(kaniko.invocation(kanikoLeg()).args).toContain(KANIKO_IMAGE);
});

describe('secrets', () => {
  const leg = kanikoLeg({
    secrets: [
      { id: 'npm', env: 'NPM_TOKEN' },
      { id: 'key', file: '/elsewhere/key' },
    ],
  });

  test('go by name, and their values are let through to the engine alone', () => {
    const { args, env, passEnv } = kaniko.invocation(leg);
    expect(args).toContain('--env=NPM_TOKEN');
    expect(args).toContain('--secret=id=npm,type=env,env=NPM_TOKEN');
    expect(passEnv).toContain('NPM_TOKEN');
    expect(env).toEqual({});
  });

  test('of files are mounted where no image can hold them', () => {
    const mount = '--mount=type=bind,source=/elsewhere/key,target=/kaniko/mounts/secrets/key,readonly';
    expect(kaniko.invocation(leg).args).toContain(mount);
  });
});

test.each([
  ['127.0.0.1:5000/shop', true],
  ['localhost/shop', true],
  ['[::1]:5000/shop', true],
  ['registry.example.com/shop', false],
  ['127.0.0.1.example.com/shop', false],
])('%s shares the machine’s network: %s', (repository, shared) => {
  expect(kaniko.invocation(kanikoLeg({ repository })).args.includes('--network=host')).toBe(shared);
});

test.each([
  [null, 'registry.example.com/shop/cache/web-arm64'],
  ['r.example.com/cache', 'r.example.com/cache-arm64'],
  ['r.example.com:5000/cache', 'r.example.com:5000/cache-arm64'],
  ['r.example.com/cache:web', 'r.example.com/cache/web-arm64'],
])('the cache of %s is %s', (ref, expected) => {
  const { args } = kaniko.invocation(kanikoLeg({ platform: 'linux/arm64', cache: { ref } }));
  expect(args).toContain(`--cache-repo=${expected}`);
});

describe('a rebuild', () => {
  const rebuild = (changes: KanikoLegChanges = {}) =>
    kaniko.invocation(kanikoLeg({ fresh: true, ...changes })).args.filter((arg) => arg.startsWith('--cache'));

  test('reads no layer that is older than itself, and keeps its own', () => {
    expect(rebuild()).toEqual([
      '--cache=true',
      '--cache-repo=registry.example.com/shop/cache/web-amd64',
      '--cache-ttl=0s',
      '--cache-copy-layers',
    ]);
  });

  test('has no cache where it may not write one', () => {
    const layers = { repository: '127.0.0.1:5000/shop', insecure: true, writable: false };
    expect(rebuild({ layers })).toEqual(['--cache=false']);
    expect(rebuild({ cache: { enabled: false } })).toEqual(['--cache=false']);
  });
});

test('a cache repository is written in lower case', () => {
  const { args } = kaniko.invocation(kanikoLeg({ id: 'MyApp/linux-amd64' }));
  expect(args).toContain('--cache-repo=registry.example.com/shop/cache/myapp-amd64');
});

test('a cache that may not be written is read, without TLS where its registry has none', () => {
  const layers = { repository: '127.0.0.1:5000/shop', insecure: true, writable: false };
  const { args } = kaniko.invocation(kanikoLeg({ layers }));
  expect(args).toContain('--cache-repo=127.0.0.1:5000/shop/cache/web-amd64');
  expect(args).toContain('--no-push-cache');
  expect(args).toContain('--insecure-registry=127.0.0.1:5000');
  expect(kaniko.invocation(kanikoLeg()).args).not.toContain('--no-push-cache');
});

test('what it reads beside the context', () => {
  const { recipe } = kanikoLeg({ dockerfile: './deploy/../deploy/Dockerfile' });
  expect(kaniko.inputs(recipe)).toEqual(['deploy/Dockerfile', 'deploy/Dockerfile.dockerignore']);
  expect(kaniko.inputs(kanikoLeg({ context: '.', dockerfile: null }).recipe)[0]).toBe('Dockerfile');
});

describe('the digest', () => {
  const digest = `sha256:${'4f'.repeat(32)}`;
  const ended = { exitCode: 0, stdout: '', output: '', durationMs: 1, timedOut: false };
  const leave = (text: string) =>
    kaniko.readResult(kanikoLeg(), { ...ended, files: { '/scratch/web/digest': text } });

  test('is read from the file that kaniko wrote', () => {
    expect(kaniko.resultFiles(kanikoLeg())).toEqual(['/scratch/web/digest']);
    expect(leave(`${digest}\n`)).toEqual({ digest });
  });

  test.each(['', 'sha256:short', `${digest}\n${digest}`, digest.toUpperCase()])(
    'is not believed from %j',
    (text) => {
      expect(leave(text)).toThrowWithCode('BUILD_FAILED');
    },
  );
});

test('a script cannot carry a NUL', () => {
  const leg = kanikoLeg({ labels: { a: 'b\0c' } });
  expect(() => renderScript(leg, { root: '.', digestFile: 'd' })).toThrowWithCode('CONFIG_VALUE');
});
