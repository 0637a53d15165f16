import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { writeTar } from './tar.ts';

let directory: string;
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'hephy-tar-'))));
afterEach(() => rm(directory, { recursive: true }));

test('another tar unpacks it', async () => {
  const long = `${'d'.repeat(60)}/${'e'.repeat(60)}/${'f'.repeat(60)}`;
  const archive = writeTar([
    { path: 'bin' },
    { path: 'bin/hello', content: Buffer.from('#!/bin/sh\n'), mode: 0o755 },
    { path: 'empty', content: Buffer.alloc(0) },
    { path: 'block', content: Buffer.alloc(512, 'x') },
    { path: long, content: Buffer.from('deep') },
    { path: 'ünïcode', content: Buffer.from('ok') },
  ]);
  await writeFile(join(directory, 'a.tar'), archive);
  execFileSync('tar', ['-xf', 'a.tar', '--no-same-owner'], { cwd: directory });
  expect(await readFile(join(directory, 'bin/hello'), 'utf8')).toBe('#!/bin/sh\n');
  expect((await stat(join(directory, 'bin/hello'))).mode & 0o777).toBe(0o755);
  expect((await readFile(join(directory, 'block'))).length).toBe(512);
  expect(await readFile(join(directory, long), 'utf8')).toBe('deep');
  expect(await readFile(join(directory, 'ünïcode'), 'utf8')).toBe('ok');
  expect((await stat(join(directory, 'empty'))).size).toBe(0);
});

test('the same files are the same bytes, and a path that does not fit is refused', () => {
  const entries = [{ path: 'a', content: Buffer.from('b') }];
  expect(writeTar(entries).equals(writeTar(entries))).toBe(true);
  expect(() => writeTar([{ path: 'x'.repeat(101), content: Buffer.from('') }])).toThrow(RangeError);
});
