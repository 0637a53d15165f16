import { isAlias, isMap, isNode, isScalar, isSeq } from 'yaml';
import type { Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { ErrorCode } from '../errors.ts';
import { formatField, quote } from './field-path.ts';
import { readScalar } from './yaml-scalar.ts';

/** A problem of the YAML itself, with its offset in the text. */
export interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly offset: number;
}

/** Called for each value with the offsets of its key and of itself. If a field comes twice, the first call counts. */
export type Visit = (field: string, keyOffset: number, valueOffset: number) => void;

interface Reading {
  readonly faults: Fault[];
  readonly anchors: Map<string, Node>;
  readonly path: PropertyKey[];
  readonly visit: Visit | undefined;
  values: number;
  depth: number;
}

/** A config has about a hundred values. Aliases could expand to more than fits into memory, so expanded values are counted. */
const MAX_VALUES = 50_000;
const MAX_DEPTH = 40;

const PLAIN_TAG = /^(!|tag:yaml\.org,2002:(str|int|float|bool|null|map|seq))$/;

/**
 * Reads the data of a YAML file from its nodes. The YAML library's own conversion is not used: it loses how a scalar was
 * written (`1.10`), searches the whole file for each alias, and stops at the first duplicate key.
 */
export function readValues(root: Node | null, visit?: Visit): { value: unknown; faults: readonly Fault[] } {
  const reading: Reading = { faults: [], anchors: new Map(), path: [], visit, values: 0, depth: 0 };
  try {
    return { value: readNode(reading, root), faults: reading.faults };
  } catch (error) {
    if (!(error instanceof LimitExceeded)) throw error;
    return { value: undefined, faults: [error.fault] };
  }
}

/** Stops reading the file: a limit is exceeded. */
class LimitExceeded extends Error {
  readonly fault: Fault;

  constructor(message: string, node: unknown) {
    super(message);
    this.fault = { code: 'CONFIG_LIMIT', message, offset: offsetOf(node) };
  }
}

function readNode(reading: Reading, node: unknown): unknown {
  reading.values += 1;
  reading.depth += 1;
  if (reading.values > MAX_VALUES)
    throw new LimitExceeded('the aliases and lists of the file expand to too many values', node);
  if (reading.depth > MAX_DEPTH)
    throw new LimitExceeded('the file is nested too deeply, or an alias contains itself', node);
  const value = readKind(reading, node);
  reading.depth -= 1;
  return value;
}

function readKind(reading: Reading, node: unknown): unknown {
  if (isAlias(node)) return readAlias(reading, node.source, offsetOf(node));
  if (isScalar(node)) return readScalarNode(reading, node);
  if (isMap(node)) return readMap(reading, node);
  return isSeq(node) ? readSeq(reading, node) : null;
}

function readAlias(reading: Reading, name: string, offset: number): unknown {
  const anchored = reading.anchors.get(name);
  if (anchored) return readNode(reading, anchored);
  addFault(reading, offset, {
    code: 'CONFIG_SYNTAX',
    message: `the alias ${quote(`*${name}`)} has no anchor before it`,
  });
  return null;
}

function readScalarNode(reading: Reading, node: Scalar): unknown {
  checkProperties(reading, node);
  return readScalar(node);
}

function checkProperties(reading: Reading, node: Scalar | YAMLMap | YAMLSeq): void {
  if (node.anchor !== undefined) reading.anchors.set(node.anchor, node);
  if (node.tag === undefined || PLAIN_TAG.test(node.tag)) return;
  const hint = 'Remove the tag: configs contain text, numbers, booleans, lists and mappings.';
  addFault(reading, offsetOf(node), {
    code: 'CONFIG_SYNTAX',
    message: `the tag ${quote(node.tag)} is not supported`,
    hint,
  });
}

function readSeq(reading: Reading, node: YAMLSeq): unknown[] {
  checkProperties(reading, node);
  return node.items.map((item, index) => {
    const offset = offsetOf(item);
    return readField(reading, { step: index, keyOffset: offset, value: item });
  });
}

function readMap(reading: Reading, node: YAMLMap): Record<string, unknown> {
  checkProperties(reading, node);
  const map: Record<string, unknown> = {};
  const seen = new Set<string>();
  const merges: unknown[] = [];
  for (const pair of node.items) {
    const key = readKey(reading, pair);
    if (key === undefined) continue;
    if (key === '<<') merges.push(pair.value);
    else if (seen.has(key)) addDuplicate(reading, pair, key);
    else map[key] = readField(reading, { step: key, keyOffset: offsetOf(pair.key), value: pair.value });
    seen.add(key);
  }
  for (const merge of merges) mergeInto(reading, map, merge);
  return map;
}

interface FieldNode {
  readonly step: PropertyKey;
  readonly keyOffset: number;
  readonly value: unknown;
}

function readField(reading: Reading, { step, keyOffset, value }: FieldNode): unknown {
  reading.path.push(step);
  reading.visit?.(formatField(reading.path), keyOffset, messageOffset(value, keyOffset));
  const read = readNode(reading, value);
  reading.path.pop();
  return read;
}

/** Messages point to a scalar itself, but to the key of a list or mapping. */
function messageOffset(value: unknown, keyOffset: number): number {
  return isScalar(value) && value.source !== '' ? offsetOf(value) : keyOffset;
}

/** Undefined if the key is invalid, which is reported. */
function readKey(reading: Reading, pair: Pair): string | undefined {
  const { key } = pair;
  const text = isScalar(key) ? String(key.value ?? '') : '';
  if (isScalar(key) && key.anchor !== undefined) reading.anchors.set(key.anchor, key);
  if (text !== '' && text !== '__proto__') return text;
  const offset = offsetOf(key ?? pair.value);
  addFault(reading, offset, {
    code: text === '' ? 'CONFIG_SYNTAX' : 'CONFIG_UNKNOWN_KEY',
    message: text === '' ? 'a key must be plain text' : `unknown key ${quote(text)}`,
  });
  return undefined;
}

function addDuplicate(reading: Reading, pair: Pair, key: string): void {
  addFault(reading, offsetOf(pair.key), {
    code: 'CONFIG_DUPLICATE_KEY',
    message: `${formatField([...reading.path, key])}: is in the same mapping twice`,
    hint: 'Keep one of the two: YAML does not define which one is used.',
  });
}

/** `<<: *base` or `<<: [*a, *b]`: existing keys are kept, and earlier sources win. https://yaml.org/type/merge.html */
function mergeInto(reading: Reading, map: Record<string, unknown>, source: unknown): void {
  for (const item of isSeq(source) ? source.items : [source]) {
    const merged = readNode(reading, item);
    if (isRecord(merged)) addMissing(map, merged);
    else {
      const message = '"<<" needs a mapping, or a list of mappings';
      addFault(reading, offsetOf(item), { code: 'CONFIG_TYPE', message });
    }
  }
}

function addMissing(map: Record<string, unknown>, merged: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(merged)) if (!Object.hasOwn(map, key)) map[key] = value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function addFault(reading: Reading, offset: number, fault: Omit<Fault, 'offset'>): void {
  reading.faults.push({ ...fault, offset });
}

function offsetOf(node: unknown): number {
  return (isNode(node) && node.range?.[0]) || 0;
}
