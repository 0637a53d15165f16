import type { RunEvent } from '../domain/event.ts';

/** Default values for the fields that a platform does not provide. */
export const BLANK_EVENT: RunEvent = {
  kind: 'manual',
  ref: 'HEAD',
  sha: null,
  before: null,
  target: null,
  defaultBranch: null,
  number: null,
  fromFork: false,
  images: [],
  buildNumber: null,
};

/** Splits an input such as `api, web`, or one name per line. */
export function splitNames(text: string | undefined): readonly string[] {
  return (text ?? '').split(/[\s,]+/).filter((name) => name !== '');
}

/** Platforms set variables that do not apply to an empty text. */
export function presentText(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

export function parseNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
