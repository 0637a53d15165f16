import { expect, test } from '@jest/globals';
import { invokedIn } from '../../test/support/invoked.ts';
import { openLogins } from '../session/registries.ts';

test('the logins of a run are opened once, and another run has its own', () => {
  const run = invokedIn('/');
  expect(openLogins(run)).toBe(openLogins(run));
  expect(openLogins(invokedIn('/'))).not.toBe(openLogins(run));
});
