/** `${NAME}` and `${NAME:-default}`; `$$` is a dollar sign. A bare `$NAME` is left alone: it belongs to other tools. */
const VARIABLE = /\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

export interface Expanded {
  readonly text: string;
  /** Names that are not set and have no default; they expanded to nothing. */
  readonly missing: readonly string[];
}

export interface Variable {
  readonly name: string;
  readonly fallback: string | undefined;
}

/** The one expansion of the product: tags, build arguments, base images. An empty value takes the default, as in a shell. */
export function expandVariables(
  text: string,
  values: Readonly<Record<string, string | undefined>>,
): Expanded {
  const missing: string[] = [];
  const parts = splitVariables(text).map((part) => {
    if (typeof part === 'string') return part;
    const { name, fallback } = part;
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined && fallback === undefined) missing.push(name);
    return value === undefined || (value === '' && fallback !== undefined) ? (fallback ?? '') : value;
  });
  return { text: parts.join(''), missing };
}

/** Literal texts and variables, in their order. */
export function splitVariables(text: string): readonly (string | Variable)[] {
  const parts: (string | Variable)[] = [];
  let end = 0;
  for (const match of text.matchAll(VARIABLE)) {
    const [written, name, fallback] = match;
    parts.push(text.slice(end, match.index), name === undefined ? '$' : { name, fallback });
    end = match.index + written.length;
  }
  return [...parts, text.slice(end)];
}
