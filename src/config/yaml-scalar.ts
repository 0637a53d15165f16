import type { Scalar } from 'yaml';

export type PlainValue = string | number | boolean | null;

const NULL_WORDS = new Set(['', '~', 'null', 'Null', 'NULL']);
const TEXT_TAGS = new Set(['!', 'tag:yaml.org,2002:str']);

export function readScalar(node: Scalar): PlainValue {
  const text = String(node.value ?? '');
  return node.type !== 'PLAIN' || TEXT_TAGS.has(node.tag ?? '') ? text : readPlain(text);
}

/**
 * The value of a scalar without quotes. It becomes a number or boolean only if that converts back to the same text:
 * `1.10`, `012`, `1e3`, `0x10`, `no` and dates stay text, because a tag is text even if it looks like a number.
 */
export function readPlain(text: string): PlainValue {
  if (NULL_WORDS.has(text)) return null;
  if (text === 'true' || text === 'false') return text === 'true';
  return readNumber(text) ?? text;
}

function readNumber(text: string): number | undefined {
  const value = Number(text);
  return Number.isFinite(value) && String(value) === text ? value : undefined;
}
