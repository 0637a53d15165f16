import { expect, test } from '@jest/globals';
import { configured } from '../../test/support/configured.ts';
import { createGitRepo } from '../../test/support/git-repo.ts';
import { invokedIn } from '../../test/support/invoked.ts';
import { readDockerfile } from '../dockerfile/dockerfile.ts';
import type { Situation } from '../dockerfile/situation.ts';
import { listShippedPaths } from './copied-paths.ts';
import { findCopiedSecrets, listSecretFiles } from './copied-secrets.ts';
import { prepare } from './prepare.ts';

const SECRET = 'api/keys/npm.rc';

function refuses(
  dockerfile: string,
  more: { ignore?: string; backend?: string; file?: string } = {},
): boolean {
  const { ignore, backend = 'buildkit', file = SECRET } = more;
  const image = configured('api', { secrets: [{ id: 'npm', file }] });
  const text = `FROM alpine AS base\nARG DIR\n${dockerfile}\n`;
  const situations: Situation[] = [
    {
      platform: 'linux/amd64',
      builder: backend === 'kaniko' ? backend : 'buildkit',
      buildArgs: { DIR: 'keys' },
    },
  ];
  const sources = listShippedPaths(readDockerfile(text), situations);
  const question = { image, backend, sources, ignore };
  const problems = findCopiedSecrets(listSecretFiles([image]), question);
  expect(problems.every(({ code, at }) => code === 'CONFIG_SECRET' && at?.line === 7)).toBe(true);
  return problems.length > 0;
}

test.each([
  'COPY . /',
  'COPY ./ /app',
  'ADD . .',
  'COPY --chown=1:1 --link keys /keys',
  'COPY package.json keys/npm.rc ./',
  'COPY ["keys/", "/k"]',
  'COPY k?ys/*.rc /k/',
  'COPY * /all/',
  'COPY ../ /above',
  'COPY ${DIR} /k',
  'COPY ${UNKNOWN} /k',
  'COPY . /src\nFROM scratch\nCOPY --from=base /bin/x /',
])('%j takes the secret along', (line) => {
  expect(refuses(line)).toBe(true);
});

test.each([
  'COPY src /src',
  'COPY *.rc /k/',
  'COPY --from=base . /',
  'RUN --mount=type=secret,id=npm true',
  'RUN --mount=type=bind,target=/src make',
  'COPY <<npm.rc /x\nkeys/npm.rc\nnpm.rc',
  'ADD https://example.com/npm.rc /',
])('%j does not', (line) => {
  expect(refuses(line)).toBe(false);
});

test.each([
  ['keys', true],
  ['/keys/', true],
  ['# keys\n\n  keys/npm.rc  ', true],
  ['**/*.rc', true],
  ['*\n!src', true],
  ['keys\r\n!src', true],
  ['*\n!keys', false],
  ['keys\n!keys/npm.rc', false],
  ['*.rc', false],
  ['{keys,src}', false],
  ['#keys', false],
  ['', false],
])('an ignore file %j keeps it out: %s', (ignore, kept) => {
  expect(refuses('COPY . /', { ignore })).toBe(!kept);
});

test('a file beside the context, or in kodata', () => {
  expect(refuses('COPY . /', { file: 'secrets/npm.rc' })).toBe(false);
  expect(refuses('COPY . /', { file: 'api-keys/npm.rc' })).toBe(false);
  expect(refuses('', { backend: 'ko' })).toBe(false);
  expect(refuses('', { backend: 'ko', file: 'api/cmd/api/kodata/npm.rc' })).toBe(true);
});

test('the secret of one image in the context of another ends every plan, though the file is not there yet', async () => {
  const repo = await createGitRepo({
    'build-config.yaml': 'name: all\nbuild_backend: buildkit\n',
    Dockerfile: 'FROM alpine:3.22\nCOPY . /\n',
    'api/build-config.yaml': 'build_backend: buildkit\nsecrets: [{id: npm, file: npm.rc}]\n',
    'api/Dockerfile': 'FROM alpine:3.22\nCOPY src /src\n',
    '.gitignore': 'npm.rc\n',
  });
  const planned = (): Promise<unknown> => prepare(invokedIn(repo.dir), { upstreams: 'optional' });
  await expect(planned()).rejects.toMatchObject({
    problems: [
      {
        code: 'CONFIG_SECRET',
        message: expect.stringContaining('"all"'),
        at: { file: 'api/build-config.yaml' },
      },
    ],
  });
  await repo.write({ 'Dockerfile.dockerignore': '**/npm.rc\n' });
  await expect(planned()).resolves.toMatchObject({ plan: expect.anything() });
});
