import { parseDocument } from 'yaml';
import type { YAMLError } from 'yaml';
import { HephyError } from '../errors.ts';
import { createLocator, placeAt } from './locate.ts';
import type { Locator } from './locate.ts';
import { readSimpleYaml } from './simple-yaml.ts';
import { readValues } from './yaml-values.ts';
import type { Fault } from './yaml-values.ts';

/** The data of a YAML file, with all syntax problems. `value` is undefined if the file could not be parsed. */
export interface YamlFile {
  readonly file: string;
  readonly value: unknown;
  readonly locate: Locator;
  readonly problems: readonly HephyError[];
}

/** Far more than any config needs; a larger file could keep the parser busy for seconds. */
export const MAX_BYTES = 128 * 1024;
const MAX_FAULTS = 50;

/**
 * `failsafe` keeps scalars as written. yaml-values.ts finds duplicate keys, in linear time. `error` is the quietest log
 * level that still reports a second document.
 */
const PARSING = {
  schema: 'failsafe',
  resolveKnownTags: false,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'error',
} as const;

const UTF8 = new TextDecoder('utf-8', { fatal: true });

const HINTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  BLOCK_AS_IMPLICIT_KEY: 'Put text that contains ": " in quotes, and check the indentation.',
  BAD_SCALAR_START: 'Put the value in quotes.',
  MULTIPLE_DOCS: 'Keep one document in a file: remove the "---" between them.',
  MISSING_CHAR: 'Close the quote or bracket.',
};

export function readYaml(file: string, bytes: Uint8Array): YamlFile {
  if (bytes.length > MAX_BYTES) {
    const size = `the file has ${bytes.length} bytes; the maximum for a config is ${MAX_BYTES}`;
    return failed(file, new HephyError('CONFIG_LIMIT', size, { at: { file } }));
  }
  const text = decode(bytes);
  if (text?.includes('\0')) return failed(file, nulProblem(file, text));
  if (text !== undefined) return readText(file, text);
  const hint = 'Save the file as UTF-8.';
  return failed(file, new HephyError('CONFIG_SYNTAX', 'the file is not UTF-8 text', { at: { file }, hint }));
}

/** Undefined if the bytes are not UTF-8. Removes a byte order mark. */
function decode(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

function nulProblem(file: string, text: string): HephyError {
  const { line } = placeAt(text, text.indexOf('\0'));
  const hint = 'Save the file as UTF-8: UTF-16, as some editors on Windows write it, has NUL bytes.';
  return new HephyError('CONFIG_SYNTAX', `the file contains a NUL byte in line ${line}`, {
    at: { file },
    hint,
  });
}

/** The marker of a git merge conflict. */
const CONFLICT = /^<{7}(?: |$)/m;

function conflictProblem(file: string, text: string): HephyError {
  const at = { file, ...placeAt(text, text.search(CONFLICT)) };
  const hint =
    'Resolve the merge conflict: keep one of the two versions, and remove the lines with <<<<<<<, ======= and >>>>>>>.';
  return new HephyError('CONFIG_SYNTAX', 'the file contains an unresolved merge conflict', { at, hint });
}

function failed(file: string, problem: HephyError): YamlFile {
  return { file, value: undefined, locate: () => undefined, problems: [problem] };
}

function readText(file: string, text: string): YamlFile {
  const locate = createLocator(text, (visit) => readValues(parseDocument(text, PARSING).contents, visit));
  if (CONFLICT.test(text)) return failed(file, conflictProblem(file, text));
  const simple = readSimpleYaml(text);
  if (simple) return { file, value: simple.value, locate, problems: [] };
  const { value, faults } = readWithLibrary(text);
  const problems = faults.slice(0, MAX_FAULTS).map(({ offset, code, message, hint }) => {
    const at = { file, ...placeAt(text, offset) };
    return new HephyError(code, message, { at, ...(hint && { hint }) });
  });
  return { file, value, locate, problems };
}

/** Parses all of YAML; `value` is undefined if there is a syntax error. */
export function readWithLibrary(text: string): { value: unknown; faults: readonly Fault[] } {
  const { contents, errors } = parseDocument(text, PARSING);
  return errors.length > 0 ? { value: undefined, faults: syntaxFaults(text, errors) } : readValues(contents);
}

/** One error for each line: later errors on the same line are usually caused by the first. */
function syntaxFaults(text: string, errors: readonly YAMLError[]): Fault[] {
  const lines = new Set<number>();
  return errors.slice(0, MAX_FAULTS).flatMap((error) => {
    const offset = error.pos[0];
    const { line } = placeAt(text, offset);
    if (lines.has(line)) return [];
    lines.add(line);
    return [{ offset, ...describeError(error) }];
  });
}

function describeError({ code, message }: YAMLError): Omit<Fault, 'offset'> {
  if (code === 'RESOURCE_EXHAUSTION')
    return { code: 'CONFIG_LIMIT', message: 'the file is nested too deeply' };
  const hint = HINTS[code];
  const text = message.charAt(0).toLowerCase() + message.slice(1).replace(/"quote/, '" quote');
  return { code: 'CONFIG_SYNTAX', message: text, ...(hint && { hint }) };
}
