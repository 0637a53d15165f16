import { posix } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { HephyError } from '../../errors.ts';

/** The file names in ko's documentation; ko itself accepts more. */
export const KO_FILES = ['.ko.yaml', '.ko.yml'];

const Text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const Texts = z.array(Text).nullish();

/** ko splits a single string at its spaces, except in `ldflags`, which may contain a template with spaces. */
const Words = z
  .union([Texts, Text.transform((text) => text.split(/\s+/).filter((word) => word !== ''))])
  .transform((words) => words ?? []);
const Ldflags = z.union([Texts, Text.transform((text) => [text])]).transform((flags) => flags ?? []);

const KoEntry = foldKeys(
  ['env', 'flags', 'ldflags'],
  z.looseObject({ env: Words, flags: Words, ldflags: Ldflags }),
);
export type KoEntry = z.infer<typeof KoEntry>;

/** A project's `.ko.yaml`; other fields are passed to ko unchanged. */
const KoFile = foldKeys(
  ['defaultBaseImage', 'baseImageOverrides', 'defaultEnv', 'defaultFlags', 'defaultLdflags', 'builds'],
  z.looseObject({
    defaultBaseImage: z.string().nullish(),
    baseImageOverrides: z.record(z.string(), z.string()).nullish(),
    defaultEnv: Words,
    defaultFlags: Words,
    defaultLdflags: Ldflags,
    builds: z.array(KoEntry).nullish(),
  }),
);
export type KoFile = z.infer<typeof KoFile>;

/** The file in ko's working directory, or an empty one. */
export function readKoFile(files: Readonly<Record<string, string>>, directory: string): KoFile {
  const path = KO_FILES.map((name) => posix.join(directory, name)).find((name) => files[name] !== undefined);
  const parsed = KoFile.safeParse(path === undefined ? {} : (readYaml(path, files[path] ?? '') ?? {}));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.') ?? '';
  throw new HephyError('CONFIG_TYPE', `${place}: ${issue?.message ?? 'not a configuration of ko'}`, {
    ...(path === undefined ? {} : { at: { file: path } }),
    hint: 'Its fields are described at https://ko.build/configuration/.',
  });
}

function readYaml(file: string, text: string): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, merge: true });
  const [error] = document.errors;
  if (error) {
    const { line, col: column } = lineCounter.linePos(error.pos[0]);
    throw new HephyError('CONFIG_SYNTAX', error.message.split('\n')[0] ?? '', { at: { file, line, column } });
  }
  try {
    return document.toJS();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const code = reason.includes('alias count') ? 'CONFIG_LIMIT' : 'CONFIG_SYNTAX';
    throw new HephyError(code, reason, { at: { file }, cause });
  }
}

/** ko ignores the case of keys, so two spellings of one key would conflict. */
function foldKeys<Schema extends z.ZodType>(names: readonly string[], schema: Schema) {
  const known = new Map(names.map((name) => [name.toLowerCase(), name]));
  return z.preprocess((value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const fields = Object.entries(value).map(([key, field]) => [known.get(key.toLowerCase()) ?? key, field]);
    return Object.fromEntries(fields);
  }, schema);
}
