/** `${NAME}` and `${NAME:-default}`; `$$` is a dollar sign. A bare `$NAME` is left alone: it belongs to other tools. */
const VARIABLE = /\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

export interface Expanded {
  readonly text: string;
  /** Names that are not set and have no default; they expanded to nothing. */
  readonly missing: readonly string[];
}

/** The one expansion of the product: tags, build arguments, base images. An empty value takes the default, as in a shell. */
export function expandVariables(
  text: string,
  values: Readonly<Record<string, string | undefined>>,
): Expanded {
  const missing: string[] = [];
  const expanded = text.replace(VARIABLE, (match, name: string | undefined, fallback: string | undefined) => {
    if (name === undefined) return match === '$$' ? '$' : match;
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined && fallback === undefined) missing.push(name);
    return value === undefined || (value === '' && fallback !== undefined) ? (fallback ?? '') : value;
  });
  return { text: expanded, missing };
}
