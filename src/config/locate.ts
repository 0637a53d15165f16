import { fieldAround } from './field-path.ts';
import type { Visit } from './yaml-values.ts';

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Finds the position of a field (its value, or its key), else of the nearest parent that exists. */
export type Locator = (field: string, part?: 'key' | 'value') => Place | undefined;

/** Lines and columns count from one, columns in UTF-16 units as editors count them. */
export function placeAt(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  let line = 1;
  for (let at = before.indexOf('\n'); at >= 0; at = before.indexOf('\n', at + 1)) line += 1;
  return { line, column: offset - lineStart + 1 };
}

interface Offsets {
  readonly key: number;
  readonly value: number;
}

/**
 * Positions are only needed for error messages, and building the table costs as much as reading the file. So the table
 * is built at the first call, by walking the file a second time.
 */
export function createLocator(text: string, walk: (visit: Visit) => void): Locator {
  let table: ReadonlyMap<string, Offsets> | undefined;
  return (field, part = 'value') => {
    table ??= tabulate(walk);
    for (let around: string | undefined = field; around !== undefined; around = fieldAround(around)) {
      const found = table.get(around);
      if (found) return placeAt(text, found[part]);
    }
    return undefined;
  };
}

function tabulate(walk: (visit: Visit) => void): ReadonlyMap<string, Offsets> {
  const table = new Map<string, Offsets>();
  walk((field, key, value) => {
    if (!table.has(field)) table.set(field, { key, value });
  });
  return table;
}
