import { expect, test } from '@jest/globals';
import { lines, load } from '../../test/support/load-configs.ts';

const ROOT = { Dockerfile: 'FROM root\n' };
const V1 = 'context_path: ..\ndockerfile_path: Dockerfile\n';

interface Placed {
  readonly dockerfile: string | undefined;
  readonly warnings: readonly string[];
}

async function place(config: string, files: Record<string, string>): Promise<Placed> {
  const loaded = await load({ 'api/build-config.yaml': config, ...files });
  expect(lines(loaded)).toEqual([]);
  return { dockerfile: loaded.images[0]?.dockerfile, warnings: loaded.warnings };
}

test("the Dockerfile of the image's directory goes before that of the context, as in v1, and both are named", async () => {
  const { dockerfile, warnings } = await place(V1, { 'api/Dockerfile': 'FROM api\n', ...ROOT });
  expect(dockerfile).toBe('api/Dockerfile');
  expect(warnings).toEqual([
    expect.stringMatching(
      /^api\/build-config\.yaml:2:18: dockerfile_path: api\/Dockerfile is built and Dockerfile /,
    ),
  ]);
});

test.each([
  ['in the image’s directory alone', V1, { 'api/Dockerfile': '' }, 'api/Dockerfile'],
  ['in the context alone', V1, ROOT, 'Dockerfile'],
  ['from the context', 'context_path: app\ndockerfile_path: D\n', { 'api/app/D': '' }, 'api/app/D'],
  ['out of the image’s directory', 'context_path: ..\ndockerfile_path: ../D\n', { D: '' }, 'D'],
  ['without dockerfile_path', 'context_path: ..\n', { 'api/Dockerfile': '' }, 'api/Dockerfile'],
  [
    'from an upstream’s root',
    'upstream_repo: https://h/a/b\ncontext_path: x\n',
    { Dockerfile: '' },
    'Dockerfile',
  ],
])('one that is there is taken without a word: %s', async (...[, config, files, dockerfile]) => {
  expect(await place(config, files)).toEqual({ dockerfile, warnings: [] });
});

test('who builds without a Dockerfile is not told of two', async () => {
  const files = { 'api/Dockerfile': '', ...ROOT };
  expect((await place('build_backend: ko\ncontext_path: ..\n', files)).warnings).toEqual([]);
});
