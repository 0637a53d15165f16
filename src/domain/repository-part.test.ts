import { expect, test } from '@jest/globals';
import { parseRepository } from '../registry/reference.ts';
import { repositoryPart } from './repository-part.ts';

test.each([
  ['web', 'web'],
  ['MyApp', 'myapp'],
  ['my__app.v2--x', 'my__app.v2--x'],
])('%s is %s', (name, part) => {
  expect(repositoryPart(name)).toBe(part);
});

test('whatever a tag may begin with is a legal part of a path, and each name has its own', () => {
  const names = ['_web', 'web_', 'we..b', 'we.-b', 'we-.b', '___', '_', 'web', 'w_.-b'];
  const parts = names.map(repositoryPart);
  expect(new Set(parts).size).toBe(names.length);
  for (const part of parts) {
    const path = `shop/cache/${part}-amd64`;
    expect(parseRepository(`r.example.com/${path}`).path).toBe(path);
  }
});
