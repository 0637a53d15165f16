import { describe, expect, test } from '@jest/globals';
import { makeImage, makeLeg, makeRun } from '../../test/support/results.ts';
import { formatDigest, formatDuration, formatSeconds, formatSizes } from './measures.ts';
import { renderClosing, renderHeader, renderPlannedImages, renderResultTable } from './results.ts';
import { createStyle } from './style.ts';
import { renderTable } from './table.ts';

const wide = { style: createStyle(false), columns: undefined };

describe('measures', () => {
  test('durations', () => {
    expect([40, 4100, 38_000, 59_949, 59_960, 78_000, 3_600_000, 7_500_000].map(formatDuration)).toEqual([
      '0.0s',
      '4.1s',
      '38.0s',
      '59.9s',
      '1m 00s',
      '1m 18s',
      '1h 00m',
      '2h 05m',
    ]);
    expect([400, 14_400, 59_600].map(formatSeconds)).toEqual(['0s', '14s', '1m 00s']);
  });

  test('sizes share a unit where they can', () => {
    expect(formatSizes([3_200_000, 3_100_000])).toBe('3.2/3.1 MB');
    expect(formatSizes([41_000_000])).toBe('41 MB');
    expect(formatSizes([999_600, 12])).toBe('1.0 MB/12 B');
    expect(formatSizes([9_960_000])).toBe('10 MB');
    expect(formatSizes([])).toBe('');
  });

  test('digests', () => {
    expect(formatDigest(`sha256:${'4f1d'.repeat(16)}`)).toBe('sha256:4f1d4f1d4f1d…');
    expect(formatDigest('odd')).toBe('odd');
  });
});

test('a table is aligned by columns on the screen, colours and several lines in a cell included', () => {
  const rows = [
    ['name', 'x', 'end'],
    ['日本', '\x1b[31mred\x1b[39m\nsecond', 'e'],
    ['a', '', ''],
  ];
  expect(renderTable(rows, ' ')).toEqual([
    ' name  x       end',
    ' 日本  \x1b[31mred\x1b[39m     e',
    '       second',
    ' a',
  ]);
});

test('the header says where it goes and how much there is', () => {
  const run = { version: '2.0.0', registry: '127.0.0.1:5000/shop', images: 4, legs: 1, jobs: 2 };
  expect(renderHeader({ ...run, startedHere: true }, wide)).toBe(
    'hephy 2.0.0 · registry 127.0.0.1:5000/shop (started here) · 4 images, 1 leg, 2 at a time',
  );
});

test('planned images stand in columns, are cut where the terminal ends, and stay on one line', () => {
  const images = [
    { name: 'base', backend: 'kaniko' as const, reason: 'Dockerfile', why: 'changed: base/a\nb' },
    { name: 'web', backend: 'buildkit' as const, reason: 'web/Dockerfile:4', why: 'depends on base' },
  ];
  expect(renderPlannedImages(images, wide)).toBe(
    [
      '  base  kaniko    Dockerfile        changed: base/a\\nb',
      '  web   buildkit  web/Dockerfile:4  depends on base',
    ].join('\n'),
  );
  expect(renderPlannedImages(images, { ...wide, columns: 20 }).split('\n')).toEqual([
    '  base  kaniko    D…',
    '  web   buildkit  w…',
  ]);
});

describe('the result', () => {
  const images = [
    makeImage('base', { backend: 'kaniko' }),
    makeImage('edge', { state: 'unchanged', backend: 'spin', tags: ['edge-1'], durationMs: 100 }),
    makeImage('web', { state: 'failed', digest: null, platforms: [] }),
    makeImage('shop', { state: 'skipped', digest: null, platforms: [], durationMs: 0 }),
  ];

  test('as a table', () => {
    expect(renderResultTable(images, wide).split('\n')).toEqual([
      'image  tags                                platforms    size        built by   time  digest',
      'base   base-20261120-a1b2c3d, base-latest  amd64 arm64  3.2/3.1 MB  kaniko     9.8s  sha256:4f1d4f1d4f1d…',
      'edge   edge-1                              amd64 arm64  3.2/3.1 MB  unchanged  0.1s  sha256:4f1d4f1d4f1d…',
      'web    –                                                            failed     9.8s  –',
      'shop   –                                                            not built  0.0s  –',
    ]);
  });

  test('on a narrow terminal the tags stand below each other', () => {
    expect(renderResultTable(images.slice(0, 1), { ...wide, columns: 80 }).split('\n')).toEqual([
      'image  tags                   platforms    size        built by  time  digest',
      'base   base-20261120-a1b2c3d  amd64 arm64  3.2/3.1 MB  kaniko    9.8s  sha256:4f1d4f1d4f1d…',
      '       base-latest',
    ]);
  });

  test('in one closing line, with the way to look closer', () => {
    const legs = [makeLeg('base/linux-amd64'), makeLeg('edge/wasm32-wasi', { state: 'unchanged' })];
    expect(renderClosing(makeRun({ images: images.slice(0, 2), legs }), 'all')).toBe(
      '2 images, 2 legs (1 unchanged) in 52s. Inspect it: crane manifest 127.0.0.1:5000/shop:base-latest',
    );
  });

  test('without a push, and with nothing published', () => {
    const legs = [makeLeg('web/linux-amd64', { state: 'failed' }), makeLeg('shop/a', { state: 'skipped' })];
    expect(renderClosing(makeRun({ images: images.slice(2), legs }), 'all')).toBe(
      '2 images, 2 legs (1 failed, 1 not built) in 52s.',
    );
    expect(renderClosing(makeRun({ pushed: false, images: images.slice(0, 1) }), 'all')).toBe(
      '1 image, 0 legs in 52s. Nothing was pushed.',
    );
  });

  test('of the step that joins: what it published, as it built nothing and knows no time', () => {
    expect(renderClosing(makeRun({ images: images.slice(0, 3) }), 'manifest')).toBe(
      '2 images published (1 failed), joined from 4 platform images. Inspect it: crane manifest 127.0.0.1:5000/shop:base-latest',
    );
  });
});
