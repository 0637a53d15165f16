import type { z } from 'zod';
import type { HephyError } from '../errors.ts';
import { checkFields } from './check-fields.ts';
import { issueProblem } from './issues.ts';
import type { Locator } from './locate.ts';
import { readYaml } from './read-yaml.ts';

/** A file, checked against its schema. */
export interface CheckedFile<T> {
  /** As written, without the defaults of the schema. */
  readonly raw: unknown;
  /** Undefined if the file is not YAML or not a mapping. Invalid fields are left out, and are listed in `broken`. */
  readonly data: T | undefined;
  readonly broken: ReadonlySet<string>;
  readonly locate: Locator;
  readonly problems: readonly HephyError[];
}

/** An empty file counts as an empty mapping: v1 had configs that contain only comments. */
export function checkFile<S extends z.ZodObject>(
  schema: S,
  { file, bytes }: { file: string; bytes: Uint8Array },
): CheckedFile<z.output<S>> {
  const { value, locate, problems } = readYaml(file, bytes);
  if (value === undefined) return { raw: {}, data: undefined, broken: new Set(), locate, problems };
  const raw = value ?? {};
  const { data, broken, issues } = checkFields(schema, raw);
  const found = issues.map((issue) => issueProblem(issue, file, locate));
  return { raw, data, broken, locate, problems: [...problems, ...found] };
}
