import type { Scalar } from 'yaml';

export type PlainValue = string | number | boolean | null;

const NOTHING = new Set(['', '~', 'null', 'Null', 'NULL']);
const TEXT_TAGS = new Set(['!', 'tag:yaml.org,2002:str']);

export function readScalar(node: Scalar): PlainValue {
  const text = String(node.value ?? '');
  return node.type !== 'PLAIN' || TEXT_TAGS.has(node.tag ?? '') ? text : readPlain(text);
}

/**
 * What a scalar without quotes means. Only what turns back into the very same text becomes a number or a boolean: `1.10`,
 * `012`, `1e3`, `0x10`, `no` and dates stay what was written, for a tag is a text even where it looks like a number.
 */
export function readPlain(text: string): PlainValue {
  if (NOTHING.has(text)) return null;
  if (text === 'true' || text === 'false') return text === 'true';
  return readNumber(text) ?? text;
}

function readNumber(text: string): number | undefined {
  const value = Number(text);
  return Number.isFinite(value) && String(value) === text ? value : undefined;
}
