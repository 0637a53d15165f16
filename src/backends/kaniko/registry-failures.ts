import type { ErrorCode } from '../../errors.ts';

/** The error texts of go-containerregistry, the registry library of kaniko. */
const CODES: readonly (readonly [RegExp, ErrorCode])[] = [
  [/HTTP response to HTTPS client/, 'REGISTRY_INSECURE'],
  [/UNAUTHORIZED|DENIED|\b40[13]\b|no basic auth/i, 'REGISTRY_AUTH'],
  [/immutable/i, 'REGISTRY_IMMUTABLE'],
  [/MANIFEST_UNKNOWN|NAME_UNKNOWN|\b404\b/, 'REGISTRY_NOT_FOUND'],
  [/dial tcp|x509|timeout|EOF|UNAVAILABLE|TOOMANYREQUESTS|\b(429|5\d\d)\b/, 'REGISTRY_UNAVAILABLE'],
];

export function codeOfRegistry(reason: string, otherwise: ErrorCode): ErrorCode {
  return CODES.find(([pattern]) => pattern.test(reason))?.[1] ?? otherwise;
}

const HINTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  REGISTRY_INSECURE: 'The registry speaks plain HTTP: add its host to insecure_registries.',
  REGISTRY_AUTH: 'kaniko uses the logins of the Docker config: run docker login on the machine that builds.',
  REGISTRY_IMMUTABLE:
    'The tag already exists and cannot be overwritten: build a new commit, or delete the tag.',
  REGISTRY_NOT_FOUND:
    'List base images that this repository builds in depends_on; all others must exist in their registry.',
};

export function hintForRegistry(code: ErrorCode): string {
  return (
    HINTS[code] ??
    'kaniko runs in a container: the registry must be reachable from inside that container, too.'
  );
}
