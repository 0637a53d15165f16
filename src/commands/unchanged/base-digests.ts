import { HephyError } from '../../errors.ts';
import { isDigest, parseReference, referenceTarget } from '../../registry/reference.ts';
import type { Registries } from '../../registry/repository.ts';
import { Unknown } from './unknown.ts';

/** What references name at this moment; each is asked for once in a run. */
export type BaseDigests = (reference: string) => Promise<string>;

export function openBaseDigests(registries: Registries): BaseDigests {
  const known = new Map<string, Promise<string>>();
  return (reference) => {
    const digest = known.get(reference) ?? askDigest(reference, registries);
    known.set(reference, digest);
    return digest;
  };
}

async function askDigest(text: string, registries: Registries): Promise<string> {
  const reference = parseReference(text);
  const target = referenceTarget(reference);
  if (isDigest(target)) return target;
  const digest = await registries
    .repository(reference)
    .findManifest(target)
    .catch((error: unknown) => {
      if (error instanceof HephyError) throw new Unknown(`${text} cannot be asked for: ${error.message}`);
      throw error;
    });
  if (digest === undefined) throw new Unknown(`${text} is not in its registry`);
  return digest;
}
