import { quote } from './field-path.ts';
import type { Finding, Subject } from './finding.ts';
import { resolveInside } from './paths.ts';
import type { ImageConfig } from './schema.ts';

export interface Places {
  readonly context: string;
  /** The paths where the Dockerfile is searched, in this order. */
  readonly dockerfiles: readonly [string, ...string[]];
}

/** Paths from the root of the repository that is built; undefined if one leads out of the repository. */
export function resolvePlaces(dir: string, values: ImageConfig): Places | undefined {
  const context = resolveContext(dir, values);
  if (context === undefined) return undefined;
  const [first, ...others] = listDockerfiles(startOf(dir, values), context, values.dockerfile_path);
  return first === undefined ? undefined : { context, dockerfiles: [first, ...others] };
}

function resolveContext(dir: string, values: ImageConfig): string | undefined {
  return resolveInside(startOf(dir, values), values.context_path ?? '.');
}

/** v1 resolved `dockerfile_path` from the image's directory or the upstream's root; Docker users expect the context. */
function listDockerfiles(start: string, context: string, path = 'Dockerfile'): readonly string[] {
  const places = [resolveInside(start, path), resolveInside(context, path)];
  return [...new Set(places.flatMap((place) => place ?? []))];
}

/** Paths of an upstream start at its root, independent of the directory of the config. */
function startOf(dir: string, values: ImageConfig): string {
  return values.upstream_repo === undefined ? dir : '.';
}

interface Path {
  readonly field: string;
  readonly from: string;
  readonly path: string;
}

/** Reports paths that lead out of the repository. Paths relative to such a path are not reported again. */
export function findOutside({ dir, values }: Subject): readonly Finding[] {
  const secrets = (values.secrets ?? []).flatMap(({ file }, index) =>
    pathIf(`secrets[${index}].file`, dir, file),
  );
  const contextPath = pathIf('context_path', startOf(dir, values), values.context_path);
  const context = resolveContext(dir, values);
  const inContext = context === undefined ? [] : pathsInContext(context, values);
  const isPlaced = context === undefined || resolvePlaces(dir, values) !== undefined;
  const dockerfile = isPlaced ? [] : pathIf('dockerfile_path', startOf(dir, values), values.dockerfile_path);
  return [...contextPath, ...dockerfile, ...inContext, ...secrets].filter(isOutside).map(describeOutside);
}

function pathsInContext(context: string, values: ImageConfig): readonly Path[] {
  return [
    ...pathsOfGo(context, values.ko_config),
    ...pathIf('spin_config.manifest_path', context, values.spin_config?.manifest_path),
  ];
}

/** An import path is a file path only if it starts like one: `./cmd/server`, not `github.com/acme/shop`. */
function pathsOfGo(context: string, ko: ImageConfig['ko_config']): readonly Path[] {
  const { working_dir: directory, import_path: program } = ko ?? {};
  const paths = pathIf('ko_config.working_dir', context, directory);
  const goRoot = resolveInside(context, directory ?? '.');
  if (goRoot === undefined || !program || !/^[./]/.test(program)) return paths;
  return [...paths, ...pathIf('ko_config.import_path', goRoot, program)];
}

function pathIf(field: string, from: string, path: string | undefined): readonly Path[] {
  return path === undefined ? [] : [{ field, from, path }];
}

function isOutside({ from, path }: Path): boolean {
  return resolveInside(from, path) === undefined;
}

function describeOutside({ field, from, path }: Path): Finding {
  const how = path.startsWith('/') ? 'is an absolute path' : 'leaves the repository';
  const start = from === '.' ? 'the root of the repository' : quote(from);
  return {
    code: 'CONFIG_PATH',
    field,
    text: `${quote(path)} ${how}`,
    hint: `The path is relative to ${start}.`,
  };
}
