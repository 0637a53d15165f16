import { posix } from 'node:path';

export interface ModuleSearch {
  /** The directory where Go runs, relative to the root of the repository. */
  readonly directory: string;
  /** Reads a file of the repository; undefined if it does not exist. */
  readonly read: (path: string) => Promise<string | undefined>;
}

/** The directories that Go may compile. `outside`: a path outside of the repository, so that `trees` is incomplete. */
export interface ModuleTrees {
  /** `.` is the whole repository. Empty if there is no Go module. */
  readonly trees: readonly string[];
  readonly outside: string | undefined;
  /** A go.work file of the repository applies. */
  readonly hasWorkspace: boolean;
}

/**
 * Returns the module and the directories that a workspace or a `replace` adds: a superset of the program's sources, found
 * without running Go. https://go.dev/ref/mod#workspaces
 */
export async function findModuleTrees({ directory, read }: ModuleSearch): Promise<ModuleTrees> {
  const above = upwards(directory);
  const module = await findAbove(above, 'go.mod', read);
  const workspace = await findAbove(above, 'go.work', read);
  if (module === undefined) return { trees: [], outside: undefined, hasWorkspace: workspace !== undefined };
  const listed = async (folder: string, file: string): Promise<readonly string[]> =>
    listLocalPaths(folder, (await read(posix.join(folder, file))) ?? '');
  const used = workspace === undefined ? [] : await listed(workspace, 'go.work');
  const modules = [module, ...used.filter(isInside)];
  const replaced = (await Promise.all(modules.map((folder) => listed(folder, 'go.mod')))).flat();
  const all = [module, ...used, ...replaced];
  const inside = [...new Set(all.filter(isInside))].sort();
  return {
    trees: inside.includes('.') ? ['.'] : inside,
    outside: all.find((path) => !isInside(path)),
    hasWorkspace: workspace !== undefined,
  };
}

/** Local paths in `use` and behind `=>`, from the root. Every word that starts as a path does is one. */
function listLocalPaths(folder: string, text: string): readonly string[] {
  const words =
    text.replace(/\/\/.*$/gm, '').match(/(?<=^|[\s"`(])(\.{1,2}(\/[^\s"`)]*)?|\/[^\s"`)]*)(?=$|[\s"`)])/g) ??
    [];
  return words.map((word) => (posix.isAbsolute(word) ? word : joinPath(folder, word)));
}

function joinPath(folder: string, path: string): string {
  return posix.join(folder, path).replace(/(?<=.)\/$/, '');
}

async function findAbove(
  above: readonly string[],
  name: string,
  read: ModuleSearch['read'],
): Promise<string | undefined> {
  for (const folder of above) if ((await read(posix.join(folder, name))) !== undefined) return folder;
  return undefined;
}

/** The directory and all above it: `a/b`, `a`, `.`. */
function upwards(directory: string): readonly string[] {
  const parent = posix.dirname(directory);
  return parent === directory ? [directory] : [directory, ...upwards(parent)];
}

function isInside(path: string): boolean {
  return !posix.isAbsolute(path) && path !== '..' && !path.startsWith('../');
}
