import { createBlobs, type Blobs } from './blobs.ts';
import { createManifests, type Manifests } from './manifests.ts';
import type { RepositoryName } from './reference.ts';
import { createSession, type SessionOptions } from './session.ts';
import { listTags } from './tags.ts';

/** One repository, as https://github.com/opencontainers/distribution-spec/blob/main/spec.md describes it. */
export interface Repository extends Manifests, Blobs {
  readonly name: RepositoryName;
  listTags(): Promise<readonly string[]>;
}

/** The permissions for a repository. One token serves all requests, so `push` requests both permissions at once. */
export type Access = 'pull' | 'push';

/** All registries of one run; they share connections, logins and tokens. */
export interface Registries {
  repository(name: RepositoryName, access?: Access): Repository;
}

export function openRegistries(options: SessionOptions): Registries {
  const session = createSession(options);
  return {
    repository: (name, access = 'pull') => {
      const scopes = [`repository:${name.path}:${access === 'push' ? 'pull,push' : 'pull'}`];
      const place = { name, session, scopes };
      return { name, ...createManifests(place), ...createBlobs(place), listTags: () => listTags(place) };
    },
  };
}
