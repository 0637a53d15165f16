import { loadCredentials } from '../../src/registry/credentials.ts';
import { pushImage, type SeedImage } from './push-image.ts';
import { openRegistries, type Registries, type Repository } from '../../src/registry/repository.ts';
import type { ImagePlatform } from '../../src/registry/schema.ts';
import { createHttp, type Http, type Timeouts } from '../../src/system/http/http.ts';
import { realPace, type RetryPolicy } from '../../src/system/http/retry.ts';
import { TEST_PASSWORD, TEST_USER } from './registry.ts';

export const AMD64 = { os: 'linux', architecture: 'amd64' };
export const ARM64 = { os: 'linux', architecture: 'arm64' };

export interface TestClient {
  readonly registries: Registries;
  readonly http: Http;
  /** What the client would have waited between its attempts. */
  readonly pauses: number[];
}

export interface ClientOptions {
  /** The registries that the test user has a login for. */
  readonly logins?: readonly string[];
  readonly timeouts?: Partial<Timeouts>;
  readonly policy?: Partial<RetryPolicy>;
  readonly signal?: AbortSignal;
}

/** The product's own client; only its pauses are written down instead of being slept through. */
export function openClient(options: ClientOptions = {}): TestClient {
  const login = { username: TEST_USER, password: TEST_PASSWORD };
  const known = Object.fromEntries((options.logins ?? []).map((host) => [host, login]));
  const pauses: number[] = [];
  const http = createHttp({}, options.timeouts);
  const registries = openRegistries({
    http,
    credentials: loadCredentials({ env: { HOME: '/nonexistent' }, known }),
    pace: { ...realPace, sleep: async (ms) => void pauses.push(ms) },
    ...(options.policy ? { policy: options.policy } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  return { registries, http, pauses };
}

/** An image that differs from others by its text, labelled with the commit that it was built from. */
export function describeImage(platform: ImagePlatform, text: string, revision = 'a'.repeat(40)): SeedImage {
  return {
    platform,
    layers: [
      [{ path: 'etc' }, { path: 'etc/hello', content: Buffer.from(`${text} ${platform.architecture}\n`) }],
    ],
    config: { Entrypoint: ['/hello'], Labels: { 'org.opencontainers.image.revision': revision } },
  };
}

/** Pushes one image for each architecture, as `{tag}-{arch}`, and gives the tags. */
export async function pushLegs(repository: Repository, tag: string, revision?: string): Promise<string[]> {
  for (const platform of [AMD64, ARM64]) {
    await pushImage(
      repository,
      [describeImage(platform, tag, revision)],
      [`${tag}-${platform.architecture}`],
    );
  }
  return [`${tag}-amd64`, `${tag}-arm64`];
}
