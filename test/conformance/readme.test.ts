import { access, constants, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findExamples, PLAYERS } from './readme-examples.ts';
import { createWorld, type World } from './world.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const examples = findExamples(await readFile(join(ROOT, 'README.md'), 'utf8'));

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.stop());

test('every example is known, and every kind of example is there', () => {
  const players = examples.map(({ text }) => PLAYERS.filter(({ matches }) => matches.test(text)).length);
  expect(players).toEqual(examples.map(() => 1));
  const kinds = PLAYERS.filter(({ matches }) => examples.some(({ text }) => matches.test(text)));
  expect(kinds).toEqual(PLAYERS);
});

test.each(examples)('$place: $title', async ({ text }) => {
  await PLAYERS.find(({ matches }) => matches.test(text))?.play(text, world);
});

test('the scripts that it names can be started', async () => {
  const scripts = [...(await readFile(join(ROOT, 'README.md'), 'utf8')).matchAll(/`(script\/\w+)`/g)];
  expect(scripts.length).toBeGreaterThan(0);
  for (const [, path = ''] of scripts) await access(join(ROOT, path), constants.X_OK);
});
