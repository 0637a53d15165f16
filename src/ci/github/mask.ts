import { renderCommand } from './commands.ts';

/** A runner that hid less than this would blot out every other word of a log. */
const SHORTEST = 4;

/** Tells the runner what to hide, also in what other steps print. It takes one line at a time. */
export function renderMasks(secret: string): string {
  const lines = secret.split(/\r?\n/).filter((line) => line.trim().length >= SHORTEST);
  return lines.map((line) => renderCommand('add-mask', line)).join('');
}
