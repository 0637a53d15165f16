/** `key=value` for each entry, in the order of the keys, so that the command line does not depend on the config's order. */
export function sortedPairs(values: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`);
}
