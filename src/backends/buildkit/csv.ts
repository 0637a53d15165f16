/** `a=1`, `b=x,y` → one record of CSV, as buildctl reads its compound flags. Later pairs of a key would win there. */
export function csvRecord(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([key, value]) => quoteField(`${key}=${value}`))
    .join(',');
}

/** https://www.rfc-editor.org/rfc/rfc4180#section-2 */
function quoteField(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
