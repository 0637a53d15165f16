import picomatch from 'picomatch';
import type { ImageInputs } from '../domain/change.ts';
import { HephyError } from '../errors.ts';

/** Finds the images that use a path as an input. */
export interface InputIndex {
  imagesOf(path: string): ReadonlySet<string>;
  /** Images with the path in their directories that ignore it, because it is documentation. */
  ignoredBy(path: string): ReadonlySet<string>;
}

interface Glob {
  readonly matches: (path: string) => boolean;
  readonly names: string[];
}

/**
 * Indexed by folder: checking a thousand images against ten thousand changed files one by one would be too slow. Each
 * map is from a path to names of images.
 */
interface Tables {
  /** This path itself. */
  readonly exact: Table;
  /** Anything below this folder, except documentation. */
  readonly below: Table;
  /** Anything below this folder. */
  readonly whole: Table;
  /** Files directly in this folder, except documentation and Go tests. */
  readonly direct: Table;
  /** By the start folder of the glob, then by its text: a glob that several images share is matched once. */
  readonly globs: Map<string, Map<string, Glob>>;
}
type Table = Map<string, string[]>;

export function indexInputs(images: readonly ImageInputs[]): InputIndex {
  const tables: Tables = {
    exact: new Map(),
    below: new Map(),
    whole: new Map(),
    direct: new Map(),
    globs: new Map(),
  };
  for (const image of images) addImage(tables, image);
  return {
    imagesOf: (path) => collect(tables, path),
    ignoredBy: (path) => new Set(isDocumentation(path) ? listBelow(tables, path) : []),
  };
}

/**
 * READMEs, Markdown and licenses: https://spdx.dev/learn/handling-license-info/. In lower case only names
 * that cannot be code: `license.go` is not a license.
 */
export function isDocumentation(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (
    /^README|\.md$|^(UN)?LICEN[CS]E|^COPYING/.test(name) ||
    /^(readme|(un)?licen[cs]e|copying)(\.(txt|rst|html))?$|\.md$/i.test(name)
  );
}

function addImage(tables: Tables, image: ImageInputs): void {
  const { name, go } = image;
  function addAll(table: Table, paths: readonly string[]): void {
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
  addWatch(tables, image);
  for (const pattern of image.copies) addCopied(tables, pattern, name);
}

/** The pattern syntax of Dockerfiles: no braces, no negation. A directory includes everything in it. */
const COPY_SYNTAX = { dot: true, nobrace: true, noextglob: true, nonegate: true };

function addCopied(tables: Tables, pattern: string, name: string): void {
  const plain = pattern.replace(/\\(.)/g, '$1');
  if (!/(?<!\\)[*?[]/.test(pattern)) {
    addPath(tables.whole, tables, { path: plain, name });
  } else {
    const matches = (): Glob['matches'] => picomatch([pattern, `${pattern}/**`], COPY_SYNTAX);
    addMatcher(tables, startOf(pattern), { key: `copy ${pattern}`, name, matches });
  }
}

/** The folder before the first wildcard. */
function startOf(pattern: string): string {
  const plain = /^[^*?[\\]*/.exec(pattern)?.[0] ?? '';
  return normalize(plain.slice(0, Math.max(0, plain.lastIndexOf('/'))));
}

/** Adds the ancestors of the path too: a changed ancestor is a submodule, or was a file before. */
function addPath(table: Table, tables: Tables, entry: { path: string; name: string }): void {
  const path = normalize(entry.path);
  add(table, path, entry.name);
  for (const above of [path, ...ancestors(path)]) {
    if (above !== '.') add(tables.exact, above, entry.name);
  }
}

function addWatch(tables: Tables, image: ImageInputs): void {
  const { name, watch } = image;
  const ignore = watch.filter((glob) => glob.startsWith('!')).map((glob) => normalize(glob.slice(1)));
  for (const given of watch.filter((glob) => !glob.startsWith('!'))) {
    try {
      addGlob(tables, { glob: normalize(given), ignore, name });
    } catch (cause) {
      throw new HephyError(
        'CONFIG_VALUE',
        `watch of image ${name}: not a valid glob: ${given.slice(0, 80)}`,
        {
          cause,
        },
      );
    }
  }
}

/** A glob without a wildcard is a file, or a folder with everything in it. */
function addGlob(
  tables: Tables,
  { glob, ignore, name }: { glob: string; ignore: string[]; name: string },
): void {
  const { base, isGlob } = picomatch.scan(glob);
  const start = glob.includes('\\') ? '.' : normalize(base);
  addPath(tables.exact, tables, { path: start, name });
  addMatcher(tables, start, {
    key: JSON.stringify([glob, ignore]),
    name,
    matches: () => picomatch(isGlob ? glob : [glob, `${glob}/**`], { dot: true, ignore }),
  });
}

interface Matcher {
  readonly key: string;
  readonly name: string;
  readonly matches: () => Glob['matches'];
}

function addMatcher(tables: Tables, start: string, { key, name, matches }: Matcher): void {
  const here = tables.globs.get(start) ?? new Map<string, Glob>();
  tables.globs.set(start, here);
  const known = here.get(key);
  if (known) known.names.push(name);
  else here.set(key, { matches: matches(), names: [name] });
}

function collect(tables: Tables, path: string): ReadonlySet<string> {
  const folders = ancestors(path);
  const areas = [tables.whole, ...(isDocumentation(path) ? [] : [tables.below])];
  return new Set([
    ...(tables.exact.get(path) ?? []),
    ...folders.flatMap((folder) => areas.flatMap((area) => area.get(folder) ?? [])),
    ...(isCode(path) ? (tables.direct.get(folders[0] ?? '.') ?? []) : []),
    ...watchersOf(tables, path, folders),
  ]);
}

/** Globs without a wildcard are stored under the path itself. */
function watchersOf({ globs }: Tables, path: string, folders: readonly string[]): readonly string[] {
  const candidates = [path, ...folders].flatMap((start) => [...(globs.get(start)?.values() ?? [])]);
  return candidates.flatMap(({ matches, names }) => (matches(path) ? names : []));
}

function listBelow({ below, direct }: Tables, path: string): readonly string[] {
  const folders = ancestors(path);
  const packages = direct.get(folders[0] ?? '.') ?? [];
  return [...folders.flatMap((folder) => below.get(folder) ?? []), ...packages];
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

function add(table: Table, key: string, value: string): void {
  const values = table.get(key);
  if (values) values.push(value);
  else table.set(key, [value]);
}
