import { expect, test } from '@jest/globals';
import { findProxy } from './proxy.ts';

const PROXY = 'http://proxy.test:3128';

test('the variable follows the scheme, small letters win, and all_proxy is the last resort', () => {
  const env = { HTTPS_PROXY: 'http://big:1', https_proxy: 'http://small:1', HTTP_PROXY: 'http://plain:1' };
  expect(findProxy(new URL('https://ghcr.io/v2/'), env)).toBe('http://small:1');
  expect(findProxy(new URL('http://ghcr.io/v2/'), env)).toBe('http://plain:1');
  expect(findProxy(new URL('https://ghcr.io/'), { ALL_PROXY: PROXY, HTTPS_PROXY: '' })).toBe(PROXY);
  expect(findProxy(new URL('https://ghcr.io/'), {})).toBe(undefined);
});

test.each(['http://localhost:5000/', 'http://127.0.0.1:5000/', 'http://127.9.9.9/', 'http://[::1]:5000/'])(
  '%s is on this machine and needs no proxy',
  (url) => {
    expect(findProxy(new URL(url), { ALL_PROXY: PROXY, HTTP_PROXY: PROXY })).toBe(undefined);
  },
);

test.each([
  ['*', 'https://ghcr.io/', true],
  ['ghcr.io', 'https://ghcr.io/', true],
  ['ghcr.io', 'https://pkg.ghcr.io/', true],
  ['ghcr.io', 'https://notghcr.io/', false],
  ['.corp.test', 'https://r.corp.test/', true],
  ['*.corp.test', 'https://r.corp.test/', true],
  ['r.corp.test:8443', 'https://r.corp.test:8443/', true],
  ['r.corp.test:8443', 'https://r.corp.test/', false],
  ['r.corp.test:443', 'https://r.corp.test/', true],
  ['10.0.0.0/8', 'https://10.1.2.3/', true],
  ['10.0.0.0/8', 'https://11.1.2.3/', false],
  ['10.0.0.0/99', 'https://10.1.2.3/', false],
  ['fd00::/8', 'https://[fd00::1]/', true],
  ['fd00::1', 'https://[fd00::1]/', true],
  ['0.0.1', 'https://10.0.0.1/', false],
  ['a.test, ghcr.io', 'https://ghcr.io/', true],
  ['a.test b.test', 'https://b.test/', true],
  [',,', 'https://ghcr.io/', false],
])('NO_PROXY=%s with %s: %s', (exceptions, url, direct) => {
  const proxy = findProxy(new URL(url), { HTTPS_PROXY: PROXY, NO_PROXY: exceptions });
  expect(proxy === undefined).toBe(direct);
});
