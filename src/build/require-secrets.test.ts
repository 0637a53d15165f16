import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createTempDir } from '../../test/support/git-repo.ts';
import type { SecretRef } from '../domain/image.ts';
import type { PlanImage } from '../domain/plan.ts';
import { HephyErrors } from '../errors.ts';
import { requireSecrets } from './require-secrets.ts';

function image(...secrets: readonly SecretRef[]): PlanImage {
  return {
    ...{ name: 'web', dir: 'web', config: 'web/build-config.yaml', backend: 'buildkit', reason: '', why: '' },
    ...{ dependsOn: [], dependencyOrigins: {}, revision: 'a', dirty: false, tags: [], tagOrigins: {} },
    ...{ platforms: [], outputs: [], legs: [], buildArgs: {}, labels: {}, annotations: {}, suggestions: [] },
    source: { kind: 'local', context: 'web', dockerfile: null },
    cache: { enabled: true, mode: 'max', ref: null },
    options: {},
    secrets: [...secrets],
  };
}

test('variables that are set, even to nothing, and files that exist', async () => {
  const root = await createTempDir();
  await writeFile(join(root, 'net rc'), 'x');
  const images = [
    image({ id: 'npm', env: 'NPM_TOKEN' }, { id: 'BARE' }),
    image({ id: 'rc', file: 'net rc' }),
  ];
  await expect(requireSecrets(images, { env: { NPM_TOKEN: '', BARE: 'x' }, root })).resolves.toBeUndefined();
});

test('what is missing is told all at once', async () => {
  const root = await createTempDir();
  const images = [
    image({ id: 'npm', env: 'NPM_TOKEN' }, { id: 'rc', file: '.' }),
    image({ id: 'x', file: 'no' }),
  ];
  const problems = await requireSecrets(images, { env: {}, root }).catch((error: unknown) =>
    error instanceof HephyErrors ? error.problems : [],
  );
  expect(problems?.map(({ code }) => code)).toEqual(['CONFIG_VARIABLE', 'CONFIG_PATH', 'CONFIG_PATH']);
});
