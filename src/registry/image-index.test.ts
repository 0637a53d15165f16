import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { attestationsOf, buildIndex, findPlatform, imagesIn } from './image-index.ts';
import { parseManifest } from './manifest.ts';
import { isSamePlatform } from './platform.ts';
import { OCI_MANIFEST, type Descriptor } from './schema.ts';

const AMD64 = { os: 'linux', architecture: 'amd64' };
const ARM64 = { os: 'linux', architecture: 'arm64' };
const UNKNOWN = { os: 'unknown', architecture: 'unknown' };

function name(letter: string) {
  return { mediaType: OCI_MANIFEST, digest: `sha256:${letter.repeat(64)}`, size: 7 };
}

function entry(letter: string, more: Partial<Descriptor> = {}): Descriptor {
  return { ...name(letter), ...more };
}

const ATTESTED = {
  'vnd.docker.reference.type': 'attestation-manifest',
  'vnd.docker.reference.digest': `sha256:${'a'.repeat(64)}`,
};

describe('an index', () => {
  test('is these bytes, in this order', () => {
    const index = buildIndex(
      [
        { ...name('a'), platform: { architecture: 'arm', variant: 'v7', os: 'linux' } },
        { ...name('b'), platform: AMD64, annotations: { b: '2', a: '1' } },
      ],
      { 'org.opencontainers.image.title': 'api', 'org.opencontainers.image.created': 'now' },
    );
    const digest = (letter: string): string => `"digest":"sha256:${letter.repeat(64)}","size":7`;
    expect(Buffer.from(index.bytes).toString()).toBe(
      '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[' +
        `{"mediaType":"${OCI_MANIFEST}",${digest('a')},"platform":{"architecture":"arm","os":"linux","variant":"v7"}},` +
        `{"mediaType":"${OCI_MANIFEST}",${digest('b')},"platform":{"architecture":"amd64","os":"linux"},"annotations":{"a":"1","b":"2"}}],` +
        '"annotations":{"org.opencontainers.image.created":"now","org.opencontainers.image.title":"api"}}',
    );
  });

  test('does not depend on the order in which annotations were given', () => {
    const annotations = fc.dictionary(fc.string(), fc.string());
    fc.assert(
      fc.property(annotations, (record) => {
        const reversed = Object.fromEntries(Object.entries(record).reverse());
        expect(buildIndex([], reversed).digest).toBe(buildIndex([], record).digest);
      }),
    );
  });

  test('is read back as it was written', () => {
    const built = buildIndex([{ ...name('a'), platform: ARM64 }], { a: 'b' });
    expect(parseManifest(built.bytes, { name: 'x', contentType: undefined })).toEqual({
      ...built,
      body: { manifests: [{ ...name('a'), platform: ARM64 }], annotations: { a: 'b' } },
    });
  });
});

describe('in an index', () => {
  const body = {
    manifests: [
      entry('a', { platform: AMD64 }),
      entry('b', { platform: { ...ARM64, variant: 'v8' } }),
      entry('c', { platform: UNKNOWN, annotations: ATTESTED }),
      entry('d', { platform: UNKNOWN }),
    ],
  };

  test('what is unknown is no image', () => {
    expect(imagesIn(body).map(({ digest }) => digest.slice(-1))).toEqual(['a', 'b']);
  });

  test('a platform is found under its other spellings', () => {
    expect(findPlatform(body, ARM64)?.digest).toBe(entry('b').digest);
    expect(findPlatform(body, { os: 'linux', architecture: 'arm', variant: 'v7' })).toBe(undefined);
  });

  test('the only image needs no platform: its config has one', () => {
    const only = { manifests: [entry('a'), entry('c', { platform: UNKNOWN })] };
    expect(findPlatform(only, ARM64)?.digest).toBe(entry('a').digest);
  });

  test('provenance is found by what it is about', () => {
    expect(attestationsOf(body, entry('a').digest).map(({ digest }) => digest)).toEqual([entry('c').digest]);
    expect(attestationsOf(body, entry('b').digest)).toEqual([]);
  });
});

test.each([
  [ARM64, { ...ARM64, variant: 'v8' }, true],
  [{ os: 'linux', architecture: 'arm' }, { os: 'linux', architecture: 'arm', variant: 'v7' }, true],
  [
    { os: 'linux', architecture: 'arm', variant: '7' },
    { os: 'linux', architecture: 'arm', variant: 'v7' },
    true,
  ],
  [
    { os: 'linux', architecture: 'arm', variant: 'v6' },
    { os: 'linux', architecture: 'arm', variant: 'v7' },
    false,
  ],
  [{ os: 'linux', architecture: 'x86_64' }, AMD64, true],
  [{ os: 'linux', architecture: 'aarch64', variant: '' }, ARM64, true],
  [{ ...AMD64, variant: 'v3' }, AMD64, false],
  [{ os: 'Wasip1', architecture: 'wasm' }, { os: 'wasip1', architecture: 'wasm32' }, true],
  [{ os: 'windows', architecture: 'amd64' }, AMD64, false],
  [AMD64, ARM64, false],
])('%j and %j are the same: %s', (one, other, same) => {
  expect(isSamePlatform(one, other)).toBe(same);
  expect(isSamePlatform(other, one)).toBe(same);
});
