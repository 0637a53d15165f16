import type { Argument, Dockerfile } from '../dockerfile/dockerfile.ts';
import type { PublishedIndex } from './published-index.ts';
import { REGISTRY_VARIABLES } from './references.ts';

/** Without the arguments that hephy-builder fills in: their defaults are for builds by hand, and would hide the variable. */
export function withoutOurs(dockerfile: Dockerfile, index: PublishedIndex): Dockerfile {
  const isOurs = ({ name }: Argument): boolean =>
    REGISTRY_VARIABLES.includes(name) || index.byVariable.has(name);
  if (!dockerfile.arguments.some(isOurs)) return dockerfile;
  return { ...dockerfile, arguments: dockerfile.arguments.filter((argument) => !isOurs(argument)) };
}
