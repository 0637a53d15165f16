import { formatRepository, isDigest, type RepositoryName } from './reference.ts';
import type { Session } from './session.ts';

/** The repository for requests, and the token scopes that they need. */
export interface Place {
  readonly name: RepositoryName;
  readonly session: Session;
  readonly scopes: readonly string[];
}

export function pathOf({ name }: Place, rest: string): string {
  return `/v2/${name.path}/${rest}`;
}

/** `host/path:tag` or `host/path@sha256:…`, for errors. */
export function nameOf({ name }: { readonly name: RepositoryName }, target: string): string {
  return `${formatRepository(name)}${isDigest(target) ? '@' : ':'}${target}`;
}
