import { platformArch, type Platform } from './platform.ts';

/** v1's name for the file that holds the tag of a leg once it is in the registry: `{name}-{arch}.tag`. */
export function tagFile(leg: {
  readonly image: string;
  readonly target: string | null;
  readonly platform: Platform;
}): string {
  const name = leg.target === null ? leg.image : `${leg.image}-${leg.target}`;
  return `${name}-${platformArch(leg.platform)}.tag`;
}
