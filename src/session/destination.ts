import type { Settings } from '../config/settings.ts';
import type { Plan } from '../domain/plan.ts';
import { mayBePlain } from '../registry/endpoint.ts';
import { parseRepository } from '../registry/reference.ts';
import { startLocalRegistry } from '../system/services/local-registry.ts';
import type { RunContext } from './run-context.ts';
import { type Invoked, isSet } from './invoked.ts';

export interface RegistryAddress {
  /** `host/path`. */
  readonly registry: string;
  readonly insecure: boolean;
}

/** The registry that legs are pushed to, and whether images are published there. */
export interface Destination extends RegistryAddress {
  readonly startedHere: boolean;
  /** False: the registry belongs to this run and is deleted at its end. */
  readonly published: boolean;
  /** The registry with images and layers of earlier runs; null: no registry is set. */
  readonly readsFrom: RegistryAddress | null;
  release(): Promise<void>;
}

/** The registry of the settings; else one on loopback. A run that may not push uses one that is deleted at its end. */
export async function openDestination(
  invoked: Invoked,
  runContext: RunContext,
  plan: Plan,
): Promise<Destination> {
  const { settings, origin } = runContext;
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

/** The registry of the settings; null: none is set. */
export function readNamed({
  registry,
  insecureRegistries,
}: Pick<Settings, 'registry' | 'insecureRegistries'>): RegistryAddress | null {
  if (registry === undefined) return null;
  const { host } = parseRepository(registry);
  return { registry, insecure: mayBePlain(new URL(`http://${host}`), insecureRegistries) };
}

/** Lower case, and no `-` at the ends, as the distribution specification requires; no tool accepts a single letter. */
function repositoryPath(name: string): string {
  const path = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (path.length > 1) return path;
  return path === '' ? 'images' : `images-${path}`;
}
