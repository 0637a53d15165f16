import picomatch from 'picomatch';
import type { ImageInputs } from '../domain/change.ts';
import { HephyError } from '../errors.ts';

/** Which images a path is an input of. */
export interface InputIndex {
  imagesOf(path: string): ReadonlySet<string>;
}

interface Glob {
  readonly name: string;
  readonly matches: (path: string) => boolean;
}

/**
 * By folder, not image by image: a thousand images and ten thousand changed files must not be multiplied. Each map is
 * from a path to names of images.
 */
interface Tables {
  /** This path itself. */
  readonly exact: Table<string>;
  /** Anything below this folder but documentation. */
  readonly below: Table<string>;
  /** Anything below this folder. */
  readonly whole: Table<string>;
  /** What is directly in this folder, but documentation and Go tests. */
  readonly direct: Table<string>;
  /** By the folder that a glob starts in. */
  readonly globs: Table<Glob>;
}
type Table<T> = Map<string, T[]>;

export function indexInputs(images: readonly ImageInputs[]): InputIndex {
  const tables: Tables = {
    exact: new Map(),
    below: new Map(),
    whole: new Map(),
    direct: new Map(),
    globs: new Map(),
  };
  const compile = cacheGlobs();
  for (const image of images) addImage(tables, image, compile);
  return { imagesOf: (path) => collect(tables, path) };
}

/**
 * READMEs, Markdown and licenses: https://spdx.dev/learn/handling-license-info/. Beyond the conventional upper case only
 * what cannot be code: `license.go` is not a license.
 */
export function isDocumentation(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (
    /^README|\.md$|^(UN)?LICEN[CS]E|^COPYING/.test(name) ||
    /^(readme|(un)?licen[cs]e|copying)(\.(txt|rst|html))?$|\.md$/i.test(name)
  );
}

function addImage(tables: Tables, image: ImageInputs, compile: Compile): void {
  const { name, go } = image;
  function addAll(table: Table<string>, paths: readonly string[]): void {
    for (const path of paths) addPath(table, tables, { path, name });
  }
  addAll(tables.exact, image.files);
  if (go === null) {
    addAll(tables.below, image.directories);
  } else {
    addAll(tables.exact, go.files);
    addAll(tables.direct, go.directories);
    addAll(tables.whole, go.trees);
  }
  addWatch(tables, image, compile);
}

/** Its ancestors count too: a changed path that is above one is a submodule, or was a file before. */
function addPath(table: Table<string>, tables: Tables, entry: { path: string; name: string }): void {
  const path = normalize(entry.path);
  add(table, path, entry.name);
  for (const above of [path, ...ancestors(path)]) {
    if (above !== '.') add(tables.exact, above, entry.name);
  }
}

type Compile = (globs: readonly string[], ignore: readonly string[]) => Glob['matches'];

/** A name without a wildcard is a file, or a folder with all that is in it. */
function addWatch(tables: Tables, image: ImageInputs, compile: Compile): void {
  const { name, watch } = image;
  const ignore = watch.filter((glob) => glob.startsWith('!')).map((glob) => normalize(glob.slice(1)));
  for (const given of watch.filter((glob) => !glob.startsWith('!'))) {
    const glob = normalize(given);
    try {
      const { base, isGlob } = picomatch.scan(glob);
      const start = glob.includes('\\') ? '.' : normalize(base);
      addPath(tables.exact, tables, { path: start, name });
      add(tables.globs, start, { name, matches: compile(isGlob ? [glob] : [glob, `${glob}/**`], ignore) });
    } catch (cause) {
      throw new HephyError('CONFIG_VALUE', `watch of image ${name}: not a glob: ${given.slice(0, 80)}`, {
        cause,
      });
    }
  }
}

/** Many images share a default list: each glob is compiled once. */
function cacheGlobs(): Compile {
  const known = new Map<string, Glob['matches']>();
  return (globs, ignore) => {
    const key = JSON.stringify([globs, ignore]);
    const matches = known.get(key) ?? picomatch([...globs], { dot: true, ignore: [...ignore] });
    known.set(key, matches);
    return matches;
  };
}

function collect(tables: Tables, path: string): ReadonlySet<string> {
  const folders = ancestors(path);
  const areas = [tables.whole, ...(isDocumentation(path) ? [] : [tables.below])];
  const found = new Set([
    ...(tables.exact.get(path) ?? []),
    ...folders.flatMap((folder) => areas.flatMap((area) => area.get(folder) ?? [])),
    ...(isCode(path) ? (tables.direct.get(folders[0] ?? '.') ?? []) : []),
  ]);
  // A name without a wildcard starts at the path itself.
  for (const glob of [path, ...folders].flatMap((start) => tables.globs.get(start) ?? [])) {
    if (!found.has(glob.name) && glob.matches(path)) found.add(glob.name);
  }
  return found;
}

function isCode(path: string): boolean {
  return !isDocumentation(path) && !path.endsWith('_test.go');
}

/** `a/b/c` → `a/b`, `a`, `.` */
function ancestors(path: string): string[] {
  const folders: string[] = [];
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    folders.push(path.slice(0, end));
  }
  if (path !== '.') folders.push('.');
  return folders;
}

function normalize(path: string): string {
  const short = path.replace(/^(\.?\/+)+/, '').replace(/\/+$/, '');
  return short === '' ? '.' : short;
}

function add<T>(table: Table<T>, key: string, value: T): void {
  const values = table.get(key);
  if (values) values.push(value);
  else table.set(key, [value]);
}
