import type { Toolkit } from './toolkit.ts';

/** Shorter secrets are not masked: the runner would hide parts of many ordinary words in the log. */
const SHORTEST = 4;

/** Makes the runner hide a secret, also in the output of other steps. The runner masks single lines only. */
export function maskSecret(toolkit: Toolkit, secret: string): void {
  const lines = secret.split(/\r?\n/).filter((line) => line.trim().length >= SHORTEST);
  for (const line of lines) toolkit((core) => core.setSecret(line));
}
