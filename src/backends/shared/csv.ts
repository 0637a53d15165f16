/** `a=1`, `b=x,y` → one record of CSV, as buildctl reads its compound flags. Later pairs of a key would win there. */
export function csvRecord(fields: Readonly<Record<string, string>>): string {
  return joinCsv(Object.entries(fields).map(([key, value]) => `${key}=${value}`));
}

export function joinCsv(fields: readonly string[]): string {
  return fields.map(quoteCsv).join(',');
}

/** https://www.rfc-editor.org/rfc/rfc4180#section-2 */
export function quoteCsv(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
