import { isDocumentation } from '../changes/input-index.ts';
import type { ChangedFile } from '../domain/change.ts';
import type { FileTree } from '../domain/tree.ts';
import { parentsOf } from './context-facts.ts';
import { escapePattern } from './copied-paths.ts';

/**
 * Changed documentation that Go may embed, for when `go list` cannot run: all files below a package with `go:embed`, and
 * files in `kodata`.
 */
export async function listEmbeddedFiles(
  files: readonly ChangedFile[],
  tree: FileTree,
): Promise<readonly string[]> {
  const documents = files.map(({ path }) => path).filter(isDocumentation);
  const data = documents.filter((path) => path.split('/').includes('kodata'));
  const above = new Set(documents.flatMap(parentsOf));
  const sources = tree.paths.filter((path) => path.endsWith('.go') && above.has(parentsOf(path)[0] ?? '.'));
  const texts = sources.length === 0 ? new Map<string, Buffer>() : await tree.readAll(sources);
  const embedding = [...texts].filter(([, text]) => /^\/\/go:embed\s/m.test(text.toString('utf8')));
  return [...data, ...new Set(embedding.map(([path]) => parentsOf(path)[0] ?? '.'))].map(escapePattern);
}
