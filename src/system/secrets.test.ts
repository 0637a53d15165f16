import { expect, test } from '@jest/globals';
import { listSecrets } from './secrets.ts';

test.each([
  'GITHUB_TOKEN',
  'CI_JOB_TOKEN',
  'AWS_SECRET_ACCESS_KEY',
  'npm_token',
  'DB_PASSWORD_PROD',
  'INPUT_TOKEN',
])('%s is a secret', (name) => {
  expect(listSecrets({ [name]: 'hunter2hunter2' })).toEqual(['hunter2hunter2']);
});

test.each([
  ['PATH', '/usr/bin:/bin'],
  ['TOKENIZER', 'sentencepiece'],
  ['GOOGLE_APPLICATION_CREDENTIALS', '/home/ada/key.json'],
  ['USE_TOKEN', 'true'],
  ['EMPTY_TOKEN', undefined],
])('%s=%s is none', (name, value) => {
  expect(listSecrets({ [name]: value })).toEqual([]);
});
