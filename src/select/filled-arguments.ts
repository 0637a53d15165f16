import type { PublishedIndex } from './published-index.ts';
import { REGISTRY_VARIABLES } from './references.ts';

/** Arguments that hephy-builder fills in: their defaults are for builds by hand, and would hide the variable. */
export function isFilledArgument(name: string, index: PublishedIndex): boolean {
  return REGISTRY_VARIABLES.includes(name) || index.byVariable.has(name);
}
