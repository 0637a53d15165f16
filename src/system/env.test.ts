import { expect, test } from '@jest/globals';
import { completePath } from './env.ts';

test.each([
  ['/usr/local/bin:/usr/bin', '/usr/local/bin:/usr/bin:/usr/local/go/bin'],
  ['/opt/few', '/opt/few'],
  ['', ''],
  [undefined, undefined],
])('the PATH %j is %j with what installers leave off it', (path, complete) => {
  expect(completePath(path)).toBe(complete);
});
