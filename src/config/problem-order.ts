import type { HephyError } from '../errors.ts';

/** By file, then from top to bottom, as a person mends them. */
export function inOrder(problems: readonly HephyError[]): readonly HephyError[] {
  return problems.toSorted((a, b) => compare(fileOf(a), fileOf(b)) || placeOf(a) - placeOf(b));
}

function fileOf({ at }: HephyError): string {
  return at?.file ?? '';
}

/** Lines before columns: no column comes near the factor, for files are small. */
function placeOf({ at }: HephyError): number {
  return (at?.line ?? 0) * 1e6 + (at?.column ?? 0);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
