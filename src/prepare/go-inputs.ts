import type { Repository } from '../changes/repository.ts';
import type { SourceFiles } from '../backends/identity.ts';
import type { GoInputs } from '../domain/change.ts';
import type { FileTree } from '../domain/tree.ts';
import { findModuleTrees } from '../go/module-trees.ts';
import { listGoPackages } from '../go/packages.ts';

export type GoSources = Extract<SourceFiles, { kind: 'go' }>;

/** The directories of the Go modules that the program may use. If nothing changed there, `go list` need not run. */
export async function listGoDirectories(
  { directory }: GoSources,
  tree: FileTree,
): Promise<readonly string[]> {
  const read = async (path: string): Promise<string | undefined> =>
    tree.has(path) ? (await tree.read(path))?.toString('utf8') : undefined;
  return (await findModuleTrees({ directory, read })).trees;
}

/** The packages that the program imports; null if Go cannot list them. */
export function listPackages(sources: GoSources, repo: Repository): Promise<GoInputs | null> {
  const { directory: contextDir, packages, tags } = sources;
  const { root, env, signal } = repo;
  return listGoPackages({ root, env, signal, contextDir, packages, tags });
}
