import { HephyError } from '../errors.ts';

/** One tag that a run, or a later one, would push, and the image it belongs to. */
export interface Claim {
  readonly repository: string;
  readonly tag: string;
  readonly name: string;
  readonly config: string;
}

/**
 * Two images that would push the same tag overwrite each other: image `a` with the tag `b-latest`, and image `a-b` with
 * `latest`. Also those that are not built now are looked at, or the error would wait for another day.
 */
export function findClashes(claims: readonly Claim[]): readonly HephyError[] {
  const owners = new Map<string, Claim>();
  const problems = new Map<string, HephyError>();
  for (const claim of claims) {
    const place = `${claim.repository}:${claim.tag}`;
    const owner = owners.get(place);
    if (owner === undefined) owners.set(place, claim);
    else if (owner.name !== claim.name || owner.config !== claim.config) {
      const pair = `${owner.config}\n${claim.config}`;
      if (!problems.has(pair)) problems.set(pair, clashError(owner, claim));
    }
  }
  return [...problems.values()];
}

function clashError(first: Claim, second: Claim): HephyError {
  const message = `images "${first.name}" (${first.config}) and "${second.name}" (${second.config}) would both push the tag ${second.tag}`;
  return new HephyError('CONFIG_NAME_CLASH', message, {
    at: { file: second.config },
    hint: 'Give one of them another name or another additional tag.',
  });
}
