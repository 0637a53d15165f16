import type { HephyError } from '../errors.ts';

/** Sorts by file, then by line and column: the order in which a person fixes them. */
export function inOrder(problems: readonly HephyError[]): readonly HephyError[] {
  return problems.toSorted((a, b) => compare(fileOf(a), fileOf(b)) || placeOf(a) - placeOf(b));
}

function fileOf({ at }: HephyError): string {
  return at?.file ?? '';
}

/** Sorts by line, then by column. Files are small, so no column is as large as the factor. */
function placeOf({ at }: HephyError): number {
  return (at?.line ?? 0) * 1e6 + (at?.column ?? 0);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
