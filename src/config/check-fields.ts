import type { z } from 'zod';
import { checkValue } from './issues.ts';
import type { Issue } from './issues.ts';

export interface CheckedFields<T> {
  /** Undefined where the value is no mapping at all. Fields that are wrong are left out. */
  readonly data: T | undefined;
  /** Fields of the top that are wrong: whoever reads `data` must not take them for absent. */
  readonly broken: ReadonlySet<string>;
  readonly issues: readonly Issue[];
}

/** What is right of a mapping, and what is wrong: one bad field must not hide what the rules say of the others. */
export function checkFields<S extends z.ZodObject>(schema: S, value: unknown): CheckedFields<z.output<S>> {
  const { data, issues } = checkValue(schema, value);
  const broken = new Set(issues.map(({ path }) => String(path[0])));
  if (data || typeof value !== 'object' || value === null || broken.has('undefined')) {
    return { data, broken, issues };
  }
  const sound = Object.fromEntries(Object.entries(value).filter(([field]) => !broken.has(field)));
  return { data: checkValue(schema, sound).data, broken, issues };
}
