/** The path of a field in the data of a file: `['platforms', 1]`. */
export type FieldPath = readonly PropertyKey[];

const PLAIN_KEY = /^[A-Za-z_][\w-]*$/;
const LAST_STEP = /(?:^|\.)[^.[\]]+$|\[(?:\d+|"(?:[^"\\]|\\.)*")\]$/;

/** A path as messages show it: `platforms[1]`, `labels["com.example.team"]`. */
export function formatField(path: FieldPath): string {
  return path.map((step, index) => formatStep(step, index === 0)).join('');
}

function formatStep(step: PropertyKey, first: boolean): string {
  if (typeof step === 'number') return `[${step}]`;
  const key = String(step);
  if (!PLAIN_KEY.test(key)) return `[${quote(key)}]`;
  return first ? key : `.${key}`;
}

/** The parent of a field: `platforms` for `platforms[1]`; undefined for a top-level field. */
export function fieldAround(field: string): string | undefined {
  return field.replace(LAST_STEP, '') || undefined;
}

/** The top-level field: `ko_config` for `ko_config.env[0]`. */
export function fieldOfTop(field: string): string {
  return field.replace(/[.[].*$/s, '');
}

const QUOTED_LENGTH = 80;

/** Untrusted text for a message: on one line, shortened, without terminal control characters. */
export function quote(text: string): string {
  const short = text.length > QUOTED_LENGTH ? `${text.slice(0, QUOTED_LENGTH)}…` : text;
  return JSON.stringify(short).replace(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/g, escapeChar);
}

function escapeChar(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
