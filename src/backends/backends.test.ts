import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { BACKEND_IDS, BACKENDS } from './index.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const written = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(here, entry.name, `${entry.name}.ts`)))
  .map((entry) => entry.name);

test('every folder with a backend is in the map, and the map names nothing else', () => {
  expect(Object.keys(BACKENDS).sort()).toEqual(written.sort());
  expect(written).toContain('ko');
});

test.each(Object.entries(BACKENDS))('%s: folder, id and config value are one word', (id, backend) => {
  expect(backend.id).toBe(id);
  expect(BACKEND_IDS).toContain(backend.id);
  expect(backend.tool).toMatch(/^[a-z]+$/);
  expect(backend.platforms.length).toBeGreaterThan(0);
});
