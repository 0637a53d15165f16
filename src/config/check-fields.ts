import type { z } from 'zod';
import { checkValue } from './issues.ts';
import type { Issue } from './issues.ts';

export interface CheckedFields<T> {
  /** Undefined if the value is not a mapping. Invalid fields are left out. */
  readonly data: T | undefined;
  /** Invalid top-level fields. They are not in `data`, but the author did set them. */
  readonly broken: ReadonlySet<string>;
  readonly issues: readonly Issue[];
}

/** Splits a mapping into valid fields and issues, so that the rules still check the other fields when one is invalid. */
export function checkFields<S extends z.ZodObject>(schema: S, value: unknown): CheckedFields<z.output<S>> {
  const { data, issues } = checkValue(schema, value);
  const broken = new Set(issues.map(({ path }) => String(path[0])));
  if (data || typeof value !== 'object' || value === null || broken.has('undefined')) {
    return { data, broken, issues };
  }
  const valid = Object.fromEntries(Object.entries(value).filter(([field]) => !broken.has(field)));
  return { data: checkValue(schema, valid).data, broken, issues };
}
