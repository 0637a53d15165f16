const NAME = String.raw`\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}`;
/**
 * `${NAME}` and `${NAME:-default}`. `$${NAME}` is the text `${NAME}`: of dollar signs directly before a variable, each
 * pair is one. All others stay as they are written: `$NAME` and `$$` belong to other tools.
 */
const VARIABLE = new RegExp(`(?<!\\$)((?:\\$\\$)+)(?=\\$?${NAME})|\\$${NAME}`, 'g');

export interface Expanded {
  readonly text: string;
  /** Names that are not set and have no default; they expanded to nothing. */
  readonly missing: readonly string[];
}

export interface Variable {
  readonly name: string;
  readonly fallback: string | undefined;
}

/** The one expansion of the product: tags, build arguments, base images. */
export function expandVariables(text: string, values: Values): Expanded {
  const missing: string[] = [];
  const parts = splitVariables(text).map((part) => {
    if (typeof part === 'string') return part;
    const value = expandVariable(part, values);
    if (value === undefined) missing.push(part.name);
    return value ?? '';
  });
  return { text: parts.join(''), missing };
}

/** An empty value takes the default, as in a shell; undefined: neither has a value. */
export function expandVariable({ name, fallback }: Variable, values: Values): string | undefined {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  return fallback !== undefined && !value ? fallback : value;
}

type Values = Readonly<Record<string, string | undefined>>;

/** The names of the variables in a text that have to be set: those without a default. */
export function requiredVariables(text: string): readonly string[] {
  const parts = splitVariables(text);
  return parts.flatMap((part) =>
    typeof part === 'string' || part.fallback !== undefined ? [] : [part.name],
  );
}

/** Literal texts and variables, in their order. */
export function splitVariables(text: string): readonly (string | Variable)[] {
  const parts: (string | Variable)[] = [];
  let end = 0;
  for (const match of text.matchAll(VARIABLE)) {
    const [written, pairs, , , name = '', fallback] = match;
    const part = pairs === undefined ? { name, fallback } : '$'.repeat(pairs.length / 2);
    parts.push(text.slice(end, match.index), part);
    end = match.index + written.length;
  }
  return [...parts, text.slice(end)];
}
