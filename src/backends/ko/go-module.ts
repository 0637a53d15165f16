import { posix } from 'node:path';
import type { Recipe } from '../../domain/image.ts';
import { HephyError } from '../../errors.ts';
import type { KoOptions } from './options.ts';

const MODULE_FILES = ['go.mod', 'go.sum', 'go.work', 'go.work.sum'];

/** Where ko runs, from the root of the repository: `.ko.yaml` and local import paths are looked up there. */
export function workingDirectory(recipe: Pick<Recipe<KoOptions>, 'source' | 'options'>): string {
  const inContext = recipe.options.working_dir ?? '.';
  const directory = posix.normalize(posix.join(recipe.source.context, inContext)).replace(/\/$/, '');
  if (directory !== '..' && !directory.startsWith('../') && !posix.isAbsolute(inContext)) return directory;
  throw new HephyError('CONFIG_PATH', `ko_config.working_dir "${inContext}" is outside the repository`, {
    hint: `The path is relative to the context, ${recipe.source.context}.`,
  });
}

export function moduleFiles(directory: string): readonly string[] {
  return upwards(directory).flatMap((parent) => MODULE_FILES.map((name) => posix.join(parent, name)));
}

/**
 * The Go package that ko builds. Without `./`, Go takes a directory for a package of the standard library, so
 * `cmd/server` becomes `./cmd/server`, unless it begins with the name of the module.
 */
export function programPath(
  importPath: string | undefined,
  directory: string,
  files: Readonly<Record<string, string>>,
): string {
  if (importPath === undefined) return '.';
  if (/^(\.|\/|ko:\/\/)/.test(importPath) || importPath.split('/')[0]?.includes('.')) return importPath;
  const module = moduleName(directory, files);
  if (module !== undefined && `${importPath}/`.startsWith(`${module}/`)) return importPath;
  return `./${importPath}`;
}

function moduleName(directory: string, files: Readonly<Record<string, string>>): string | undefined {
  const nearest = upwards(directory)
    .map((parent) => files[posix.join(parent, 'go.mod')])
    .find((text) => text !== undefined);
  return /^module[ \t]+"?([^\s"]+)/m.exec(nearest ?? '')?.[1];
}

/** The directory and its parent directories: `a/b`, `a`, `.`. */
function upwards(directory: string): readonly string[] {
  const parent = posix.dirname(directory);
  return parent === directory ? [directory] : [directory, ...upwards(parent)];
}

/** The build tags of `-tags=a,b` or `-tags a,b`: Go compiles the files of a build tag only if it is set. */
export function readTags(flags: readonly string[]): readonly string[] {
  return flags.flatMap((flag, index) => {
    const value = /^--?tags(?:=(.*))?$/.exec(flag);
    if (value === null) return [];
    return (value[1] ?? flags[index + 1] ?? '').split(/[, ]+/).filter((tag) => tag !== '');
  });
}
