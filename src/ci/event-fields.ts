import type { RunEvent } from '../domain/event.ts';

/** An event that says nothing, for the parts that a platform does not tell. */
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

/** `api, web` or one on each line: what people write into an input. */
export function splitNames(text: string | undefined): readonly string[] {
  return (text ?? '').split(/[\s,]+/).filter((name) => name !== '');
}

/** Platforms set what does not apply to an empty text. */
export function presentText(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

export function parseNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
