import type { ErrorCode } from '../../errors.ts';

/** As go-containerregistry words them, which kaniko talks to registries with. */
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
  REGISTRY_INSECURE: 'It speaks plain HTTP: allow it by name in insecure_registries.',
  REGISTRY_AUTH: 'kaniko gets the logins of the Docker config: docker login on the machine that builds.',
  REGISTRY_IMMUTABLE: 'The tag exists already and may not be moved: build a new commit, or delete the tag.',
  REGISTRY_NOT_FOUND: 'Bases that this repository builds are found by depends_on; all others must be there.',
};

export function hintForRegistry(code: ErrorCode): string {
  return (
    HINTS[code] ?? 'kaniko asks from inside a container: the registry must be reachable from there, too.'
  );
}
