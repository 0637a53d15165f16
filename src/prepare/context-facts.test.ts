import { expect, test } from '@jest/globals';
import { memoryTree } from '../../test/support/memory-tree.ts';
import type { FileTree } from '../domain/tree.ts';
import { indexContexts } from './context-facts.ts';

function treeOf(paths: readonly string[]): FileTree {
  return memoryTree(Object.fromEntries(paths.map((path) => [path, ''])));
}

test('programs are the directories right below cmd that hold Go files', () => {
  const index = indexContexts(
    treeOf([
      'api/cmd/server/main.go',
      'api/cmd/worker/main.go',
      'api/cmd/docs/x.md',
      'api/cmd/a/b/deep.go',
      'api/go.mod',
    ]),
  );
  expect(index.factsOf('api', undefined)).toEqual({
    hasGoMod: true,
    inGoModule: false,
    hasCmd: true,
    commands: ['server', 'worker'],
    hasSpinToml: false,
    dockerfile: undefined,
  });
});

test('a program in cmd itself, a module above, and tests that are no programs', () => {
  const index = indexContexts(treeOf(['go.mod', 'cmd/main.go', 'x/y/cmd/t/main_test.go']));
  expect(index.factsOf('.', undefined)).toMatchObject({ hasGoMod: true, inGoModule: false, commands: ['.'] });
  expect(index.factsOf('x/y', undefined)).toMatchObject({ inGoModule: true, hasCmd: true, commands: [] });
});
