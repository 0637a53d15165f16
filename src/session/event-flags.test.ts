import { expect, test } from '@jest/globals';
import type { RunEvent } from '../domain/event.ts';
import { eventFromFlags, nameTag, requestedImages, runDate } from './event-flags.ts';

const PUSH: RunEvent = {
  kind: 'push',
  ref: 'refs/heads/main',
  sha: null,
  before: null,
  target: null,
  defaultBranch: null,
  number: null,
  fromFork: false,
  images: [],
  buildNumber: null,
};

test('what the command line says goes before what the platform says', () => {
  expect(eventFromFlags(PUSH, { event: 'merge-request', head: 'v1', images: 'a, b,' })).toMatchObject({
    kind: 'merge_request',
    sha: 'v1',
    images: ['a', 'b'],
  });
  expect(() => eventFromFlags(PUSH, { event: 'pull' })).toThrowWithCode('USAGE');
  expect(() => eventFromFlags(PUSH, { images: 'a', all: true })).toThrowWithCode('USAGE');
});

test('a tag event at a terminal has the tag that was named, else the one of the commit', () => {
  const tag = { ...PUSH, kind: 'tag' as const };
  const head = { ref: 'refs/heads/main', tagsAtHead: ['v1.0.0', 'v1.1.0'] };
  expect(nameTag({ ...tag, sha: 'v1.0.0' }, head).ref).toBe('refs/tags/v1.0.0');
  expect(nameTag(tag, head).ref).toBe('refs/tags/v1.1.0');
  expect(nameTag(tag, { ...head, ref: 'refs/tags/v9' }).ref).toBe('refs/tags/v9');
  expect(nameTag(PUSH, head).ref).toBe('refs/heads/main');
  expect(() => nameTag(tag, { ...head, tagsAtHead: [] })).toThrowWithCode('USAGE');
});

test('the date is a day, in UTC', () => {
  expect(runDate({}, new Date('2026-11-20T23:59:59-01:00'))).toBe('20261121');
  expect(runDate({ date: '20240229' }, new Date())).toBe('20240229');
  for (const date of ['20230229', '2026-11-20', '20261301', 'today']) {
    expect(() => runDate({ date }, new Date())).toThrowWithCode('USAGE');
  }
});

test('images that were asked for', () => {
  expect(requestedImages({ all: true })).toBe('all');
  expect(requestedImages({ images: 'a,b' })).toEqual(['a', 'b']);
  expect(requestedImages({})).toBe(null);
});
