import { z } from 'zod';
import { Flag, Text, optionalText } from '../domain/fields.ts';
import { PLATFORMS, PLATFORM_SPELLINGS, parsePlatform, platformArch } from '../domain/platform.ts';

const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const A_VARIABLE_NAME = 'a name of letters, digits and _';
const ASSIGNMENT = 'KEY=value or KEY';

const VariableName = z.string().regex(VARIABLE_NAME, { error: A_VARIABLE_NAME });

const A_STAGE = 'the name of a Dockerfile stage';

/** The name or the number of a Dockerfile stage. */
export const Stage = z
  .union(
    [
      z.string().regex(/^([A-Za-z0-9_][A-Za-z0-9_.-]*)?$/, { error: A_STAGE }),
      z.int().nonnegative(),
      z.boolean(),
    ],
    { error: A_STAGE },
  )
  .transform(String);

/** `KEY` without a value is read from the environment, as in docker and compose. */
export const BuildArgs = z
  .union(
    [
      z.array(z.string({ error: ASSIGNMENT }).regex(/^[A-Za-z_][A-Za-z0-9_]*(=|$)/, { error: ASSIGNMENT })),
      z.record(VariableName, Text.nullable()),
    ],
    { error: 'a list of KEY=value, or a mapping' },
  )
  .transform((args) =>
    Array.isArray(args) ? Object.fromEntries(args.map(splitAssignment)) : fillMissing(args),
  )
  .transform((args) => (Object.keys(args).length > 0 ? args : undefined));

function splitAssignment(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, `\${${text}}`] : [text.slice(0, at), text.slice(at + 1)];
}

function fillMissing(args: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(args).map(([key, value]) => [key, value ?? `\${${key}}`]));
}

const LabelName = z.string().regex(/^[^\s=]+$/, { error: 'a name without spaces and =' });

/** Labels and annotations; `null` removes one that the project's defaults set. */
export const TextMap = z.record(LabelName, Text.nullable()).transform(dropMissing);

function dropMissing(map: Readonly<Record<string, string | null>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(map)) if (value !== null) kept[key] = value;
  return kept;
}

export const Secret = z.strictObject({
  id: z
    .string({ error: 'text' })
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, { error: 'an id of letters, digits, ".", "_" and "-"' }),
  env: VariableName.nullable()
    .transform((name) => name ?? undefined)
    .optional(),
  file: optionalText(),
});

export const CacheSetting = z.union(
  [
    Flag,
    z.strictObject({
      mode: z
        .enum(['min', 'max'], { error: 'cache mode' })
        .nullable()
        .transform((mode) => mode ?? undefined)
        .optional(),
      ref: optionalText(),
    }),
  ],
  { error: 'true, false or a mapping with mode and ref' },
);

/** Only the fields that deployers share are checked here; other fields are kept as they are. */
export const Deploy = z.looseObject({
  target: z.enum(['kubernetes', 'spinkube', 'hephy'], { error: 'deploy target' }).nullish(),
  app: Text.nullish(),
  namespace: Text.nullish(),
});

/** A value for each platform; the key is the architecture (`amd64`) or the platform (`linux/amd64`). */
export function byArchitecture<V extends z.ZodType>(value: V) {
  const spellings = [...PLATFORMS.map(platformArch), ...PLATFORM_SPELLINGS];
  const shape = Object.fromEntries(spellings.map((spelling) => [spelling, value.nullish()]));
  return z.strictObject(shape, { error: nounOfType }).transform((map, context) => {
    const found: Record<string, z.output<V>> = {};
    for (const [spelling, entry] of Object.entries(map)) {
      if (entry === null || entry === undefined) continue;
      const platform = platformNamed(spelling);
      if (platform in found) addTwice(context, spelling, platform);
      found[platform] = entry;
    }
    return found;
  });
}

/** Only for a wrong type: an unknown key has its own message. */
function nounOfType(issue: { readonly code: string }): string | undefined {
  return issue.code === 'invalid_type' ? 'a mapping from architecture to value' : undefined;
}

function platformNamed(spelling: string): string {
  return (
    PLATFORMS.find((platform) => platformArch(platform) === spelling) ?? parsePlatform(spelling) ?? spelling
  );
}

function addTwice(context: z.RefinementCtx, spelling: string, platform: string): void {
  context.addIssue({ code: 'custom', path: [spelling], message: `${platform} is set twice` });
}
