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
  ['HELM_TOKEN_FILE', './token.txt'],
  ['URL', 'https://example.com/a:b@c'],
  ['USER_URL', 'https://ada@example.com'],
  ['USE_TOKEN', 'true'],
  ['POSTGRES_PASSWORD', 'postgres'],
  ['DATABASE_URL', 'postgres://postgres:postgres@db/shop'],
  ['EMPTY_TOKEN', undefined],
])('%s=%s is none', (name, value) => {
  expect(listSecrets({ [name]: value })).toEqual([]);
});

test('of a login both are', () => {
  expect(listSecrets({ HEPHY_UPSTREAM_TOKEN_X: 'ada:hunter2hunter2' })).toEqual([
    'ada:hunter2hunter2',
    'hunter2hunter2',
  ]);
});

test('a key may begin like a path', () => {
  expect(listSecrets({ AWS_SECRET_ACCESS_KEY: '/abcdefgh' })).toEqual(['/abcdefgh']);
});

test('the password of an address, as it stands there and as it is meant', () => {
  expect(listSecrets({ HTTPS_PROXY: 'http://ada:hunter%212@proxy:3128' })).toEqual([
    'hunter%212',
    'hunter!2',
  ]);
  expect(listSecrets({ X: 'postgres://:hunter2%zz@db/x' })).toEqual(['hunter2%zz']);
});
