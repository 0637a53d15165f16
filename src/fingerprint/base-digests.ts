import type { BackendId } from '../domain/image.ts';
import { HephyError } from '../errors.ts';
import {
  isDigest,
  parseReference,
  parseRepository,
  type Reference,
  referenceTarget,
} from '../registry/reference.ts';
import type { Registries } from '../registry/repository.ts';
import { Unknown } from '../domain/unknown.ts';

/** The digest that a reference names now, for a backend. Each reference is looked up once in a run. */
export type BaseDigests = (reference: string, backend: BackendId) => Promise<string>;

export interface BaseDigestsOptions {
  readonly registries: Registries;
  /** By host and path, for Docker Hub's images. */
  readonly mirrors: readonly string[];
  /** Whether this backend pulls through the mirrors. */
  readonly usesMirrors: (backend: BackendId) => Promise<boolean>;
}

export function openBaseDigests({ registries, mirrors, usesMirrors }: BaseDigestsOptions): BaseDigests {
  const known = new Map<string, Promise<string>>();
  return async (reference, backend) => {
    const through = mirrors.length > 0 && (await usesMirrors(backend)) ? mirrors : [];
    const key = [reference, ...through].join(' ');
    const digest = known.get(key) ?? askDigest(reference, { registries, mirrors: through });
    known.set(key, digest);
    return digest;
  };
}

type Way = Pick<BaseDigestsOptions, 'registries' | 'mirrors'>;

/** Mirrors may have older images. The first mirror that has the image counts, because the builder pulls from it too. */
async function askDigest(text: string, { registries, mirrors }: Way): Promise<string> {
  const reference = parseReference(text);
  const target = referenceTarget(reference);
  if (isDigest(target)) return target;
  let problem = `${text} is not in its registry`;
  for (const place of listPlaces(reference, mirrors)) {
    try {
      const digest = await registries.repository(place).findManifest(target);
      if (digest !== undefined) return digest;
    } catch (error) {
      if (!(error instanceof HephyError) || error.code === 'CANCELLED') throw error;
      problem = `cannot look up ${text}: ${error.message}`;
    }
  }
  throw new Unknown(problem);
}

/** In the order of kaniko and BuildKit: one mirror after the other, and Docker Hub last. */
function listPlaces(
  reference: Reference,
  mirrors: readonly string[],
): readonly Pick<Reference, 'host' | 'path'>[] {
  if (reference.host !== 'docker.io') return [reference];
  return [...mirrors.map((mirror) => parseRepository(`${mirror}/${reference.path}`)), reference];
}
