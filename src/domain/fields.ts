import { z } from 'zod';
import { PLATFORM_SPELLINGS, spelledPlatform } from './platform.ts';

/**
 * The parts that config schemas are made of, for config/ and for the backends' options. What a schema's `error` says is
 * what was expected there, as a noun: config/issues.ts makes the sentence. A field's `.meta()` feeds the JSON Schema
 * and the tables of the documentation.
 */
export interface FieldNotes {
  readonly description: string;
  /** As it stands in the file. */
  readonly example: unknown;
  /** How the documentation names its type. */
  readonly kind: string;
  /** What counts where the field is absent, in Markdown. */
  readonly absent: string;
}

/** YAML reads `1.10` or `012` as numbers: the file reader keeps such texts, and what is left turns back losslessly. */
export const Text = z.union([z.string(), z.number(), z.boolean()], { error: 'text' }).transform(String);

/** An item of a list: an empty one is a mistake. */
export const TextItem = z
  .union([z.string().min(1), z.number(), z.boolean()], { error: 'text' })
  .transform(String);

/** YAML 1.1's words for booleans, since people (and GitLab's own YAML) still mean them. */
const FLAG_WORD = /^([Tt]rue|TRUE|[Ff]alse|FALSE|[Yy]es|YES|[Nn]o|NO|[Oo]n|ON|[Oo]ff|OFF)$/;

export const Flag = z
  .union([z.boolean(), z.string().regex(FLAG_WORD, { error: 'true or false' })], { error: 'true or false' })
  .transform((value) => (typeof value === 'boolean' ? value : /^(true|yes|on)$/i.test(value)));

export const PlatformName = z.enum(PLATFORM_SPELLINGS, { error: 'platform' }).transform(spelledPlatform);

/** `null` counts as absent, wherever a field may be left out. */
export function optional<S extends z.ZodType>(schema: S) {
  return schema
    .nullable()
    .transform((value) => value ?? undefined)
    .optional();
}

/** As `optional`, and an empty text counts as absent too: v1 files say `target: ""`. */
export function optionalText() {
  return Text.nullable()
    .transform((value) => value || undefined)
    .optional();
}

/** An empty list counts as absent, and so does `null`. Inside the list nothing may be missing. */
export function optionalList<S extends z.ZodType>(item: S) {
  return z
    .array(item)
    .nullable()
    .transform((list) => (list && list.length > 0 ? list : undefined))
    .optional();
}

export function optionalTexts() {
  return optionalList(TextItem);
}

/** A list that is empty where nobody wrote one. */
export function list<S extends z.ZodType>(item: S) {
  return z
    .array(item)
    .nullable()
    .transform((items) => items ?? [])
    .default([]);
}

export function texts() {
  return list(TextItem);
}

/** A platform twice is one platform. */
export function optionalPlatforms() {
  return optionalList(PlatformName)
    .transform((names) => names && [...new Set(names)])
    .optional();
}
