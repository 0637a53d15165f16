import type { BackendId } from '../domain/image.ts';
import { HephyError } from '../errors.ts';
import type { Backend, Traits } from './backend.ts';
import { buildkit } from './buildkit/buildkit.ts';
import { BuildkitOptions } from './buildkit/options.ts';
export { KANIKO_IMAGE } from './kaniko/image.ts';
import { kaniko } from './kaniko/kaniko.ts';
import { ko } from './ko/ko.ts';
import { KoOptions } from './ko/options.ts';
import { SpinOptions } from './spin/options.ts';
import { spin } from './spin/spin.ts';

/** Every backend by its id, in the order of messages. backends.test.ts fails if a folder is missing here. */
export const BACKENDS: Readonly<Record<BackendId, Backend>> = { kaniko, buildkit, ko, spin };

export const BACKEND_IDS: readonly BackendId[] = Object.keys(BACKENDS);

export function isBackendId(id: string): boolean {
  return Object.hasOwn(BACKENDS, id);
}

/** Ids in configs and plans are checked when they are read, so an unknown id here is a bug of ours. */
export function backendOf(id: BackendId): Backend {
  const backend = isBackendId(id) ? BACKENDS[id] : undefined;
  if (backend !== undefined) return backend;
  throw new HephyError('INTERNAL', `there is no backend "${id}"`);
}

/** The backend's own section of a config, `ko_config`, before defaults. */
export function sectionOf(values: object, id: BackendId): unknown {
  return Reflect.get(values, `${id}_config`);
}

export function traitsOf(id: BackendId): Traits {
  return backendOf(id).traits;
}

/** The part of a build-config.yaml that belongs to one backend, by its key. */
export const OPTION_SCHEMAS = {
  buildkit_config: BuildkitOptions,
  ko_config: KoOptions,
  spin_config: SpinOptions,
} as const;
