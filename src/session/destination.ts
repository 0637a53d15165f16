import type { Settings } from '../config/settings.ts';
import type { Plan } from '../domain/plan.ts';
import { mayBePlain } from '../registry/endpoint.ts';
import { parseRepository } from '../registry/reference.ts';
import { startLocalRegistry } from '../system/services/local-registry.ts';
import type { RunContext } from './run-context.ts';
import { type Invoked, isSet } from './invoked.ts';

/** A registry as it is named, `host/path`. */
export interface RegistryAddress {
  readonly registry: string;
  readonly insecure: boolean;
}

/** Where legs are pushed to, and whether that is where they are published. */
export interface Destination extends RegistryAddress {
  readonly startedHere: boolean;
  /** False: the registry is this run's own and goes with it. */
  readonly published: boolean;
  /** Where images and layers of earlier runs are; null: this run was told no registry. */
  readonly readsFrom: RegistryAddress | null;
  release(): Promise<void>;
}

/** The registry that was named; else one on loopback. A run that may not push builds into one that ends with it. */
export async function openDestination(
  invoked: Invoked,
  around: RunContext,
  plan: Plan,
): Promise<Destination> {
  const { settings, origin } = around;
  const published = plan.run.push && !isSet(invoked.flags, 'no-push');
  const named = readNamed(settings);
  if (published && named !== null) {
    return { ...named, startedHere: false, published, readsFrom: named, release: async () => undefined };
  }
  const { env, signal, output } = invoked;
  const local = await startLocalRegistry({ env, signal, onProgress: output.info, ephemeral: !published });
  const own = { registry: `${local.host}/${repositoryPath(origin.name)}`, insecure: true };
  return {
    ...own,
    startedHere: local.startedHere,
    published,
    readsFrom: published ? own : named,
    release: local.release,
  };
}

/** The registry that the settings name; null: none. */
export function readNamed({
  registry,
  insecureRegistries,
}: Pick<Settings, 'registry' | 'insecureRegistries'>): RegistryAddress | null {
  if (registry === undefined) return null;
  const { host } = parseRepository(registry);
  return { registry, insecure: mayBePlain(new URL(`http://${host}`), insecureRegistries) };
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
