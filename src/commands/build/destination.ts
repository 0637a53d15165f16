import type { Plan } from '../../domain/plan.ts';
import { mayBePlain } from '../../registry/endpoint.ts';
import { parseRepository } from '../../registry/reference.ts';
import { startLocalRegistry } from '../../system/local-registry.ts';
import type { Surroundings } from '../surroundings.ts';
import { type Invoked, isSet } from '../verb.ts';

/** Where legs are pushed to, and whether that is where they are published. */
export interface Destination {
  /** `host/path`. */
  readonly registry: string;
  readonly startedHere: boolean;
  /** False: the registry is this run's own and goes with it. */
  readonly published: boolean;
  readonly insecure: boolean;
  release(): Promise<void>;
}

/** The registry that was named; else one on loopback. A run that may not push builds into one that ends with it. */
export async function openDestination(
  invoked: Invoked,
  around: Surroundings,
  plan: Plan,
): Promise<Destination> {
  const { settings, origin } = around;
  const published = plan.run.push && !isSet(invoked.flags, 'no-push');
  if (published && settings.registry !== undefined) {
    const { host } = parseRepository(settings.registry);
    const insecure = mayBePlain(new URL(`http://${host}`), settings.insecureRegistries);
    return {
      registry: settings.registry,
      startedHere: false,
      published,
      insecure,
      release: async () => undefined,
    };
  }
  const { env, signal, output } = invoked;
  const local = await startLocalRegistry({ env, signal, onProgress: output.info, ephemeral: !published });
  return {
    registry: `${local.host}/${repositoryPath(origin.name)}`,
    startedHere: local.startedHere,
    published,
    insecure: true,
    release: local.release,
  };
}

/** Lower case and no odd ends, as the distribution specification wants it; and no tool takes a single letter. */
function repositoryPath(name: string): string {
  const path = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (path.length > 1) return path;
  return path === '' ? 'images' : `images-${path}`;
}
