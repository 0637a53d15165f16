import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Unknown } from '../domain/unknown.ts';
import { findModuleTrees } from '../go/module-trees.ts';

/** The directories of the checkout that Go may compile from. Throws `Unknown` if Go reads files outside of the checkout. */
export async function listGoTrees(root: string, directory: string): Promise<readonly string[]> {
  const found = await findModuleTrees({
    directory,
    read: (path) => readFile(join(root, path), 'utf8').catch(() => undefined),
  });
  if (found.trees.length === 0) throw new Unknown('there is no go.mod in the repository');
  if (found.outside !== undefined) throw new Unknown(`Go reads ${found.outside}, outside of the repository`);
  if (!found.hasWorkspace) await refuseWorkspaceAbove(root);
  return found.trees;
}

/** Go searches for `go.work` in all parent directories. */
async function refuseWorkspaceAbove(root: string): Promise<void> {
  for (let folder = dirname(root); ; folder = dirname(folder)) {
    if (await exists(join(folder, 'go.work')))
      throw new Unknown(`${folder}/go.work is not in the repository`);
    if (folder === dirname(folder)) return;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
