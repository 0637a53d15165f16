import { OPTION_SCHEMAS } from '../backends/index.ts';
import type { ImageConfig } from './schema.ts';
import type { ImageDefaults } from './settings.ts';

/** Project-wide defaults (left) that are dropped if the image itself sets the field on the right. */
const EXCLUSIVE = [
  ['target', 'targets'],
  ['targets', 'target'],
  ['use_local_context', 'upstream_repo'],
  ['upstream_repo', 'use_local_context'],
  ['upstream_ref', 'use_local_context'],
] as const;

/**
 * The schemas fill in defaults in a backend's own section. This removes them again, so that such a default does not
 * override a value of the project.
 */
export function keepWritten(parsed: ImageConfig, raw: unknown): ImageDefaults {
  const { buildkit_config, ko_config, spin_config, ...rest } = parsed;
  return {
    ...keepDefined(rest),
    ...(buildkit_config && {
      buildkit_config: pickWritten(buildkit_config, fieldOf(raw, 'buildkit_config')),
    }),
    ...(ko_config && { ko_config: pickWritten(ko_config, fieldOf(raw, 'ko_config')) }),
    ...(spin_config && { spin_config: pickWritten(spin_config, fieldOf(raw, 'spin_config')) }),
  };
}

function pickWritten<T extends object>(parsed: T, raw: unknown): Partial<T> {
  const kept: Partial<T> = { ...parsed };
  for (const key in kept) if ((fieldOf(raw, key) ?? undefined) === undefined) delete kept[key];
  return kept;
}

function fieldOf(raw: unknown, key: string): unknown {
  return typeof raw === 'object' && raw !== null && Object.hasOwn(raw, key)
    ? Reflect.get(raw, key)
    : undefined;
}

/** Drops undefined values, so that a spread does not override other values with them. */
export function keepDefined<T extends object>(values: T): Partial<T> {
  const kept: Partial<T> = { ...values };
  for (const key in kept) if (kept[key] === undefined) delete kept[key];
  return kept;
}

/** An image's own values over the project's defaults; maps are merged key by key, lists are replaced. */
export function applyDefaults(own: ImageDefaults, defaults: ImageDefaults): ImageConfig {
  const below = { ...defaults };
  for (const [field, wins] of EXCLUSIVE) if (own[wins] !== undefined) delete below[field];
  const merged = { ...below, ...own };
  return {
    ...merged,
    ...mergeMaps(below, own),
    ...(isMapping(below.cache) && isMapping(own.cache) && { cache: { ...below.cache, ...own.cache } }),
    ...mergeSections(below, own),
  };
}

/** Parsed again, so that fields that neither side sets get the defaults of the schema. */
function mergeSections(below: ImageDefaults, own: ImageDefaults) {
  const merged = { ...below, ...own };
  return {
    buildkit_config:
      merged.buildkit_config &&
      OPTION_SCHEMAS.buildkit_config.parse({ ...below.buildkit_config, ...own.buildkit_config }),
    ko_config: merged.ko_config && OPTION_SCHEMAS.ko_config.parse({ ...below.ko_config, ...own.ko_config }),
    spin_config:
      merged.spin_config && OPTION_SCHEMAS.spin_config.parse({ ...below.spin_config, ...own.spin_config }),
  };
}

function mergeMaps(below: ImageDefaults, own: ImageDefaults): ImageDefaults {
  return {
    ...(own.build_args && { build_args: { ...below.build_args, ...own.build_args } }),
    ...(own.labels && { labels: { ...below.labels, ...own.labels } }),
    ...(own.annotations && { annotations: { ...below.annotations, ...own.annotations } }),
    ...(own.deploy && { deploy: { ...below.deploy, ...own.deploy } }),
  };
}

function isMapping<T>(value: T): value is T & object {
  return typeof value === 'object' && value !== null;
}
