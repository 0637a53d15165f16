/** A config file that knows where its fields stand. */
export interface Positioned {
  readonly config: string;
  positionOf(field: string): { readonly line: number; readonly column: number } | undefined;
}

/** Where a field stands; the file alone where its value came from elsewhere, such as project-wide defaults. */
export function fieldPosition(
  image: Positioned,
  field: string,
): { readonly file: string; readonly line?: number; readonly column?: number } {
  return { file: image.config, ...image.positionOf(field) };
}
