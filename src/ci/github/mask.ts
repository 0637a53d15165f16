import type { Toolkit } from './toolkit.ts';

/** A runner that hid less than this would blot out every other word of a log. */
const SHORTEST = 4;

/** Makes the runner hide a secret, also in the output of other steps. It takes one line at a time. */
export function maskSecret(toolkit: Toolkit, secret: string): void {
  const lines = secret.split(/\r?\n/).filter((line) => line.trim().length >= SHORTEST);
  for (const line of lines) toolkit((core) => core.setSecret(line));
}
