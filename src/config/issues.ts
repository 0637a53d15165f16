import { z } from 'zod';
import { closest } from '../domain/closest.ts';
import { HephyError } from '../errors.ts';
import type { ErrorCode, Position } from '../errors.ts';
import { formatField, quote } from './field-path.ts';
import type { FieldPath } from './field-path.ts';
import type { Locator } from './locate.ts';

/** A problem with one field, without the file or variable that it comes from. */
export interface Issue {
  readonly code: ErrorCode;
  readonly path: FieldPath;
  readonly text: string;
  readonly hint?: string;
  /** The key is wrong, not the value. */
  readonly onKey?: boolean;
}

type ZodIssue = z.core.$ZodIssue;

/** Checks data against a schema. The wording of issues comes from the `error`s of the schemas: see domain/fields.ts. */
export function checkValue<S extends z.ZodType>(
  schema: S,
  value: unknown,
): { data: z.output<S> | undefined; issues: readonly Issue[] } {
  const result = schema.safeParse(value, { error: nameKnownKeys });
  if (result.success) return { data: result.data, issues: [] };
  return { data: undefined, issues: result.error.issues.flatMap((issue) => translate(issue, [], value)) };
}

/** An issue of zod does not contain the known keys, so they are passed in its message. */
function nameKnownKeys(issue: z.core.$ZodRawIssue): string | undefined {
  const known = issue.code === 'unrecognized_keys' && issue.inst instanceof z.ZodObject;
  return known ? Object.keys(issue.inst.shape).join(' ') : undefined;
}

function translate(issue: ZodIssue, around: FieldPath, root: unknown): readonly Issue[] {
  const path = [...around, ...issue.path];
  const value = valueAt(root, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key, issue.message.split(' ')));
    case 'invalid_union':
      return translateUnion(issue, { path, root });
    case 'invalid_value':
      return [unknownWord(issue, path, value)];
    case 'invalid_key':
      return [
        { code: 'CONFIG_VALUE', path, onKey: true, text: expected(issue.issues[0]?.message, path.at(-1)) },
      ];
    case 'custom':
      return [{ code: 'CONFIG_VALUE', path, text: issue.message }];
    case 'invalid_type':
      return [{ code: 'CONFIG_TYPE', path, text: expected(typeNoun(issue), value) }];
    default:
      return [{ code: 'CONFIG_VALUE', path, text: expected(issue.message, value) }];
  }
}

function unknownKey(path: FieldPath, key: string, known: readonly string[]): Issue {
  const text = `unknown key ${quote(key)}${didYouMean(key, known)}`;
  return {
    code: 'CONFIG_UNKNOWN_KEY',
    path: [...path, key],
    text,
    onKey: true,
    hint: `Known keys: ${known.join(', ')}.`,
  };
}

/** If the type of the value fits exactly one alternative, the issues inside that alternative are reported. */
function translateUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  { path, root }: { path: FieldPath; root: unknown },
): readonly Issue[] {
  const value = valueAt(root, path);
  const meant = issue.errors.filter((issues) => !issues.some((inner) => isTypeIssue(inner, value)));
  const [only] = meant;
  if (only && meant.length === 1) return only.flatMap((inner) => translate(inner, path, root));
  const code = typeof value === 'string' ? 'CONFIG_VALUE' : 'CONFIG_TYPE';
  return [{ code, path, text: expected(issue.message, value) }];
}

/** The issue says that the whole value has the wrong type. */
function isTypeIssue({ path, code }: ZodIssue, value: unknown): boolean {
  if (path.length > 0) return false;
  return (
    code === 'invalid_type' ||
    code === 'invalid_union' ||
    (code === 'invalid_value' && typeof value === 'object')
  );
}

function unknownWord(issue: z.core.$ZodIssueInvalidValue, path: FieldPath, value: unknown): Issue {
  const noun = issue.message;
  const known = issue.values.map(String);
  if (typeof value === 'object' || value === undefined) {
    return {
      code: 'CONFIG_TYPE',
      path,
      text: expected(`a ${noun}`, value),
      hint: `Known: ${known.join(', ')}.`,
    };
  }
  const word = String(value);
  const text = `unknown ${noun} ${quote(word)}${didYouMean(word, known)}`;
  const code = noun === 'platform' ? 'CONFIG_PLATFORM' : 'CONFIG_VALUE';
  return { code, path, text, hint: `Known: ${known.join(', ')}.` };
}

export function didYouMean(word: string, known: readonly string[]): string {
  if (word.length < 2 || word.length > 100) return '';
  const near = known.find((name) => name.endsWith(`/${word}`)) ?? closest(word, known);
  return near === undefined ? '' : `, did you mean ${quote(near)}?`;
}

const TYPE_NOUNS: Readonly<Record<string, string>> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  string: 'text',
  int: 'a whole number',
  number: 'a number',
};

/** The noun that our schema sets, else one for the type that zod names. */
function typeNoun(issue: z.core.$ZodIssueInvalidType): string {
  return issue.message.startsWith('Invalid input')
    ? (TYPE_NOUNS[issue.expected] ?? issue.expected)
    : issue.message;
}

function expected(noun: string | undefined, got: unknown): string {
  return got === undefined ? `is missing: expected ${noun}` : `expected ${noun}, got ${describe(got)}`;
}

function describe(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? quote(value) : String(value);
}

function valueAt(root: unknown, path: FieldPath): unknown {
  let value: unknown = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}

/** The message, with the field first: `platforms[1]: unknown platform …`. For an unknown key, the field is its mapping. */
export function issueMessage({ path, text, code }: Issue): string {
  const field = formatField(code === 'CONFIG_UNKNOWN_KEY' ? path.slice(0, -1) : path);
  return field === '' ? text : `${field}: ${text}`;
}

export function issueProblem(issue: Issue, file: string, locate: Locator): HephyError {
  const place = locate(formatField(issue.path), issue.onKey ? 'key' : 'value');
  const at: Position = place ? { file, ...place } : { file };
  return new HephyError(issue.code, issueMessage(issue), { at, ...(issue.hint && { hint: issue.hint }) });
}
