import { describe, expect, test } from '@jest/globals';
import { findModuleTrees } from './module-trees.ts';

async function treesOf(directory: string, files: Record<string, string>): Promise<unknown> {
  const { trees, outside } = await findModuleTrees({ directory, read: async (path) => files[path] });
  return outside === undefined ? trees : { outside };
}

describe('the trees that Go may compile from', () => {
  test('the module alone, from any directory below it', async () => {
    const files = { 'api/go.mod': 'module example.com/api\n' };
    expect(await treesOf('api', files)).toEqual(['api']);
    expect(await treesOf('api/cmd/server', files)).toEqual(['api']);
  });

  test('none without a module', async () => {
    expect(await treesOf('api', { 'go.mod.txt': '' })).toEqual([]);
  });

  test.each([
    ['one line', 'replace example.com/lib => ../lib\n'],
    ['a block', 'replace (\n\texample.com/lib v1.0.0 => ../lib\n)\n'],
    ['quotes and a comment', 'replace example.com/lib => "../lib" // until it is released\n'],
  ])('a replaced module: %s', async (_name, text) => {
    const files = { 'api/go.mod': `module example.com/api\n${text}` };
    expect(await treesOf('api', files)).toEqual(['api', 'lib']);
  });

  test('a replace in a comment or by a version adds nothing', async () => {
    const text = 'module m\n// replace a => ../a\nreplace b => example.com/b v1.2.3\n';
    expect(await treesOf('api', { 'api/go.mod': text })).toEqual(['api']);
  });

  test('the modules of a workspace, and what those replace', async () => {
    const files = {
      'go.work': 'go 1.24\nuse (\n\t./api\n\t./lib\n)\n',
      'api/go.mod': 'module m/api\n',
      'lib/go.mod': 'module m/lib\nreplace m/vendor => ../third_party/vendor\n',
    };
    expect(await treesOf('api', files)).toEqual(['api', 'lib', 'third_party/vendor']);
  });

  test('the whole repository where a path names its root', async () => {
    expect(await treesOf('api', { 'api/go.mod': 'module m\nreplace root => ../\n' })).toEqual(['.']);
  });

  test.each(['../../elsewhere', '/opt/lib'])('a path beyond the repository is named: %s', async (path) => {
    const files = { 'api/go.mod': `module m\nreplace lib => ${path}\n` };
    expect(await treesOf('api', files)).toHaveProperty('outside');
  });
});
