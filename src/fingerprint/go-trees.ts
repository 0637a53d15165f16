import { readFile, stat } from 'node:fs/promises';
import { dirname, join, posix, relative, resolve } from 'node:path';
import { Unknown } from './unknown.ts';

/**
 * The directories that Go may compile from: the module, and those that a workspace or a `replace` adds. More than the
 * program is made of, so that nothing is missed, and read without starting Go.
 */
export async function listGoTrees(root: string, directory: string): Promise<readonly string[]> {
  const above = upwards(directory);
  const module = await findAbove(root, above, 'go.mod');
  if (module === undefined) throw new Unknown('there is no go.mod in the repository');
  const workspace = await findAbove(root, above, 'go.work');
  if (workspace === undefined) await refuseOutside(root);
  const files = [
    join(root, module, 'go.mod'),
    ...(workspace === undefined ? [] : [join(root, workspace, 'go.work')]),
  ];
  const reached = (await Promise.all(files.map(listLocalPaths))).flat();
  const members = workspace === undefined ? [] : reached.map((path) => join(path, 'go.mod'));
  const further = (await Promise.all(members.map(listLocalPaths))).flat();
  const trees = [join(root, module), ...reached, ...further].map((path) => {
    if (isBelow(path, root)) return relative(root, path) || '.';
    throw new Unknown(`Go reads ${path}, outside of the repository`);
  });
  return trees.includes('.') ? ['.'] : [...new Set(trees)].sort();
}

/** Local paths in `use` and behind `=>`, absolute. Anything that begins as a path does is one. */
async function listLocalPaths(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const words =
    text.replace(/\/\/.*$/gm, '').match(/(?<=^|[\s"`(])(\.{1,2}(\/[^\s"`)]*)?|\/[^\s"`)]*)(?=$|[\s"`)])/g) ??
    [];
  return words.map((word) => resolve(dirname(file), word));
}

/** Go looks for a workspace up to the root of the disk. */
async function refuseOutside(root: string): Promise<void> {
  for (let folder = dirname(root); ; folder = dirname(folder)) {
    if (await exists(join(folder, 'go.work')))
      throw new Unknown(`${folder}/go.work is not in the repository`);
    if (folder === dirname(folder)) return;
  }
}

async function findAbove(root: string, above: readonly string[], name: string): Promise<string | undefined> {
  for (const folder of above) if (await exists(join(root, folder, name))) return folder;
  return undefined;
}

function upwards(directory: string): readonly string[] {
  const parent = posix.dirname(directory);
  return parent === directory ? [directory] : [directory, ...upwards(parent)];
}

function isBelow(path: string, folder: string): boolean {
  const top = resolve(folder);
  return path === top || path.startsWith(`${top}/`);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
