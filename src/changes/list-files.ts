import { readBlobs } from './objects.ts';
import { askRepository, type Repository } from './repository.ts';
import { splitNul } from './status.ts';

/** What git lists. Of a path with a merge conflict there are several entries. */
export interface ListedFiles {
  readonly paths: readonly string[];
  readonly linkPaths: readonly string[];
}

/** The index. */
export async function listIndexed(repo: Repository): Promise<ListedFiles> {
  return parseListing(await askRepository(repo, ['ls-files', '-z', '--cached', '--stage']));
}

export async function listCommitted(repo: Repository, sha: string): Promise<ListedFiles> {
  return parseListing(
    await askRepository(repo, ['ls-tree', '-r', '-z', '--full-tree', '--end-of-options', sha]),
  );
}

/** The mode of symbolic links: https://git-scm.com/docs/gitdatamodel#tree */
const LINK_MODE = '120000 ';

/** `MODE ... TAB path` and a NUL, from both commands. */
function parseListing(out: Buffer): ListedFiles {
  const linkPaths: string[] = [];
  const paths = splitNul(out.toString('utf8')).map((entry) => {
    const path = entry.slice(entry.indexOf('\t') + 1);
    if (entry.startsWith(LINK_MODE)) linkPaths.push(path);
    return path;
  });
  return { paths, linkPaths };
}

/** The texts of links in a tree (a commit's SHA, `:0` for the index). */
export async function readLinks(
  repo: Repository,
  tree: string,
  linkPaths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const texts = await readBlobs(repo, tree, linkPaths);
  return new Map(
    linkPaths.flatMap((path, index) => {
      const text = texts[index];
      return text === undefined ? [] : [[path, text.toString('utf8')] as const];
    }),
  );
}
