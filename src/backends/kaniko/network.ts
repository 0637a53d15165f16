import type { ContainerAccess, Leg } from '../../domain/image.ts';

const NOTHING: ContainerAccess = {
  image: null,
  loginFile: null,
  caFiles: [],
  mirrors: [],
  insecureRegistries: [],
};

export function containerSite(leg: Leg): ContainerAccess {
  return leg.container ?? NOTHING;
}

export function registryHost(repository: string): string {
  return repository.split('/')[0] ?? '';
}

/** Inside a container, localhost is the container itself, unless it shares the machine's network. */
export function usesLoopback(leg: Leg): boolean {
  const { mirrors, insecureRegistries } = containerSite(leg);
  return [leg.repository, ...mirrors, ...insecureRegistries].some((name) => isLoopback(registryHost(name)));
}

function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(host);
}
