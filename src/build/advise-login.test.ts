import { expect, test } from '@jest/globals';
import { HephyError } from '../errors.ts';
import { adviseLogin } from './advise-login.ts';

const adviser = {
  registry: 'ghcr.io/acme/shop',
  redact: (line: string) => line.replace('ghcr.io', '<HOST>'),
  loginHint: (host: string) => `give ${host} what it wants`,
};

function refusal(message: string): HephyError {
  return new HephyError('REGISTRY_AUTH', message, { hint: 'docker login', at: { file: 'Dockerfile' } });
}

test('of the registry that is pushed to, as the redacted message names it', () => {
  const told = adviseLogin(refusal('PUT https://<HOST>/v2/: 401'), adviser);
  expect(told).toMatchObject({ hint: 'give ghcr.io what it wants', at: { file: 'Dockerfile' } });
});

test('another registry, another problem and no advice leave it as it is', () => {
  const other = refusal('GET https://quay.io/v2/: 401');
  const failed = new HephyError('BUILD_FAILED', '<HOST>', { hint: 'docker login' });
  const ours = refusal('<HOST>');
  expect(adviseLogin(other, adviser)).toBe(other);
  expect(adviseLogin(failed, adviser)).toBe(failed);
  expect(adviseLogin(ours, { ...adviser, loginHint: () => undefined })).toBe(ours);
});
