import { readPlain } from './yaml-scalar.ts';
import type { PlainValue } from './yaml-scalar.ts';

/**
 * A fast reader for simple YAML: keys, words and lists of words, one a line, as in almost every config. For a thousand
 * configs the YAML library needs half a second, this reader a few milliseconds. It returns undefined for everything
 * else, and for all errors: then the library reads the file. A property test checks that both give the same result.
 */
export function readSimpleYaml(text: string): { readonly value: unknown } | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const lines = splitLines(text);
  if (!lines) return undefined;
  if (lines.length === 0) return { value: null };
  const reader: Reader = { lines, next: 0 };
  const value = readMap(reader, 0, 0);
  return value && reader.next === lines.length ? { value } : undefined;
}

const MAX_LENGTH = 16_384;
const MAX_LINE = 500;
const MAX_DEPTH = 8;

interface Line {
  readonly indent: number;
  /** Undefined for an item of a list. */
  readonly key: string | undefined;
  /** Undefined if the line has no value. */
  readonly value: PlainValue | readonly PlainValue[] | undefined;
}

const BLANK = /^ *(?:#.*)?$/;
const KEY = '([A-Za-z][\\w./-]*):';
const DOUBLE = '"([ !#-\\[\\]-~]*)"';
const SINGLE = "'([ -&(-~]*)'";
/** Printable ASCII that starts with no YAML indicator, without `: ` and ` #`. */
const CHAR = '(?:[!-9;-~]|:(?=[!-~]))';
const PLAIN = `([A-Za-z0-9./$~_+]${CHAR}*(?: +(?!#)${CHAR}+)*)`;
const WORD = '[A-Za-z0-9][A-Za-z0-9./_-]*';
const FLOW = `\\[((?:${WORD}(?:, *${WORD})*)?)\\]`;
const LINE = new RegExp(`^( *)(?:-|${KEY})(?: +(?:${DOUBLE}|${SINGLE}|${PLAIN}|${FLOW}))?(?: +#.*| *)$`);

function splitLines(text: string): readonly Line[] | undefined {
  const lines: Line[] = [];
  for (const source of text.split(/\r?\n/)) {
    if (source.length > MAX_LINE) return undefined;
    if (BLANK.test(source)) continue;
    const line = readLine(source);
    if (!line) return undefined;
    lines.push(line);
  }
  return lines;
}

function readLine(source: string): Line | undefined {
  const match = LINE.exec(source);
  if (!match) return undefined;
  const [, spaces = '', key, double, single, plain, flow] = match;
  const value = double ?? single ?? readFlow(flow) ?? (plain && readPlain(plain));
  return value === null ? undefined : { indent: spaces.length, key, value };
}

function readFlow(items: string | undefined): readonly PlainValue[] | undefined {
  if (items === undefined) return undefined;
  return items === '' ? [] : items.split(/, */).map(readPlain);
}

interface Reader {
  readonly lines: readonly Line[];
  next: number;
}

/** `readMap` and `readList` read the lines of one block, all with the same indent; undefined: not simple YAML. */
function readMap(reader: Reader, indent: number, depth: number): Record<string, unknown> | undefined {
  const map: Record<string, unknown> = {};
  if (depth > MAX_DEPTH) return undefined;
  for (;;) {
    const line = reader.lines[reader.next];
    if (!line || line.indent < indent) return map;
    if (line.indent > indent || line.key === undefined || Object.hasOwn(map, line.key)) return undefined;
    reader.next += 1;
    const value = line.value ?? readBlock(reader, indent, depth);
    if (value === undefined) return undefined;
    map[line.key] = value;
  }
}

/** The value of a key that has none on its line: a deeper block, a list at the indent of the key, or null. */
function readBlock(reader: Reader, indent: number, depth: number): unknown {
  const line = reader.lines[reader.next];
  if (!line || line.indent < indent) return null;
  if (line.key === undefined) return readList(reader, line.indent);
  return line.indent === indent ? null : readMap(reader, line.indent, depth + 1);
}

function readList(reader: Reader, indent: number): readonly unknown[] | undefined {
  const items: unknown[] = [];
  for (;;) {
    const line = reader.lines[reader.next];
    if (!line || line.indent < indent || (line.indent === indent && line.key !== undefined)) return items;
    if (line.indent > indent) return undefined;
    reader.next += 1;
    items.push(line.value ?? null);
  }
}
