import { quote } from './field-path.ts';
import type { Finding, Subject } from './finding.ts';
import { resolveInside } from './paths.ts';
import type { ImageConfig } from './schema.ts';

export interface Places {
  readonly context: string;
  readonly dockerfile: string;
}

/** From the root of the repository that is built; undefined where a path leaves it. */
export function resolvePlaces(dir: string, values: ImageConfig): Places | undefined {
  const context = resolveInside(startOf(dir, values), values.context_path ?? '.');
  if (context === undefined) return undefined;
  const dockerfile = resolveInside(dockerfileBase(context, values), values.dockerfile_path ?? 'Dockerfile');
  return dockerfile === undefined ? undefined : { context, dockerfile };
}

/** An upstream's paths are from its own root, whatever the name of the directory that its config is in. */
function startOf(dir: string, values: ImageConfig): string {
  return values.upstream_repo === undefined ? dir : '.';
}

function dockerfileBase(context: string, values: ImageConfig): string {
  return values.upstream_repo === undefined ? context : '.';
}

interface Path {
  readonly field: string;
  readonly from: string;
  readonly path: string;
}

/** Paths that leave the repository. What starts at one that does is not judged. */
export function findOutside({ dir, values }: Subject): readonly Finding[] {
  const secrets = (values.secrets ?? []).flatMap(({ file }, index) =>
    pathIf(`secrets[${index}].file`, dir, file),
  );
  const contextPath = pathIf('context_path', startOf(dir, values), values.context_path);
  const context = resolveInside(startOf(dir, values), values.context_path ?? '.');
  const inContext = context === undefined ? [] : pathsInContext(context, values);
  return [...contextPath, ...inContext, ...secrets].filter(isOutside).map(describeOutside);
}

function pathsInContext(context: string, values: ImageConfig): readonly Path[] {
  return [
    ...pathIf('dockerfile_path', dockerfileBase(context, values), values.dockerfile_path),
    ...pathsOfGo(context, values.ko_config),
    ...pathIf('spin_config.manifest_path', context, values.spin_config?.manifest_path),
  ];
}

/** An import path is a path only where it begins like one: `./cmd/server`, not `github.com/acme/shop`. */
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
    hint: `The path is taken from ${start}.`,
  };
}
