import { createHash } from 'node:crypto';

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
const LEGAL = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

/**
 * An image's name as one part of a repository's path, which is stricter than a tag: `MyApp` → `myapp`. Names that differ
 * only in case are refused with the configs; what else is replaced gets a hash of the name, so that none share a path.
 */
export function repositoryPart(name: string): string {
  const small = name.toLowerCase();
  if (LEGAL.test(small)) return small;
  const plain = small.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  const hash = createHash('sha256').update(small).digest('hex').slice(0, 6);
  return plain === '' ? hash : `${plain}-${hash}`;
}
