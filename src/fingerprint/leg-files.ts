import { traitsOf } from '../backends/index.ts';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import picomatch from 'picomatch';
import type { Backend } from '../backends/backend.ts';
import type { PlanImage } from '../domain/plan.ts';
import { errorMessage } from '../system/error-code.ts';
import { hashFile, hashTree } from '../system/files/hash-tree.ts';
import { runPool } from '../system/concurrency/pool.ts';
import { LOG_DIRECTORY } from '../session/own-directory.ts';
import { RUN_DIRECTORY } from '../pipeline/files.ts';
import { listGoTrees } from './go-sources.ts';
import { Unknown } from '../domain/unknown.ts';

const FILES_AT_ONCE = 16;

/** The files of one checkout; each directory is read once, however many images are built from it. */
export interface SourceFiles {
  hash(image: PlanImage, backend: Backend): Promise<readonly unknown[]>;
}

export interface SourceFilesOptions {
  readonly root: string;
  /** The files that git does not ignore. */
  readonly paths: readonly string[];
}

export function openSourceFiles(place: SourceFilesOptions): SourceFiles {
  const known = new Map<string, Promise<string>>();
  function once(key: string, read: () => Promise<string>): Promise<string> {
    const hash = known.get(key) ?? read();
    known.set(key, hash);
    return hash;
  }
  function tree(directory: string, follow: boolean): Promise<string> {
    return once(`${follow} ${directory}`, async () => {
      const ours = directory === '.' ? await findOurs(place.root) : [];
      return hashTree(join(place.root, directory), { follow, skip: (path) => ours.includes(path) });
    });
  }
  function file(path: string): Promise<string> {
    return once(`file ${path}`, async () => (await hashFile(join(place.root, path))) ?? 'absent');
  }
  function hashFiles(paths: readonly string[]): Promise<readonly unknown[]> {
    return runPool(paths, FILES_AT_ONCE, async (path) => [path, await file(path)]);
  }
  function hashWatched(image: PlanImage): Promise<readonly unknown[]> {
    return hashFiles(watched(image, place.paths));
  }
  async function hashLocal(image: PlanImage, backend: Backend): Promise<readonly unknown[]> {
    const follow = traitsOf(image.backend).followsLinks;
    const { trees, files } = await listSources(image, backend, place);
    const paths = [...new Set([...backend.inputs(image), ...files])].sort();
    return [
      await Promise.all(trees.map(async (path) => [path, await tree(path, follow)])),
      await hashFiles(paths),
      await hashWatched(image),
    ];
  }
  return {
    hash: async (image, backend) => {
      try {
        if (image.source.kind === 'upstream') return [requireCommit(image), await hashWatched(image)];
        return await hashLocal(image, backend);
      } catch (error) {
        if (error instanceof Unknown) throw error;
        throw new Unknown(`cannot read a file: ${errorMessage(error)}`);
      }
    },
  };
}

/** Directories of hephy-builder, which are moved away during builds; `.hephy` itself if it contains only these. */
async function findOurs(root: string): Promise<readonly string[]> {
  const ours = [LOG_DIRECTORY, RUN_DIRECTORY];
  const all = (await readdir(join(root, '.hephy')).catch(() => [])).map((name) => `.hephy/${name}`);
  return all.every((path) => ours.includes(path)) ? ['.hephy'] : ours;
}

/** The commit identifies all files of an upstream, including submodules. */
function requireCommit({ source, backend }: PlanImage): string {
  const commit = source.kind === 'upstream' ? source.commit : null;
  if (commit === null) throw new Unknown('the commit of the upstream is not known');
  const { upstreamUnknown } = traitsOf(backend);
  if (upstreamUnknown !== null) throw new Unknown(upstreamUnknown);
  return commit;
}

interface ListedSources {
  /** Directories of which all files count. */
  readonly trees: readonly string[];
  readonly files: readonly string[];
}

async function listSources(
  image: PlanImage,
  backend: Backend,
  { root, paths }: SourceFilesOptions,
): Promise<ListedSources> {
  const { context } = image.source;
  const sources = backend.sourceFiles(image);
  if (sources.kind === 'tracked') return { trees: [], files: below(paths, context) };
  if (sources.kind === 'context') return { trees: [context], files: [] };
  return { trees: await listGoTrees(root, sources.directory), files: [] };
}

function below(paths: readonly string[], directory: string): readonly string[] {
  return directory === '.' ? paths : paths.filter((path) => path.startsWith(`${directory}/`));
}

/** Matches `watch` as `changes/` does, but ignores negated globs: a file too many only causes a build. */
function watched({ watch = [] }: PlanImage, paths: readonly string[]): readonly string[] {
  if (watch.length === 0) return [];
  const matches = picomatch(
    watch.filter((glob) => !glob.startsWith('!')).flatMap((glob) => [glob, `${glob}/**`]),
    { dot: true },
  );
  return paths.filter((path) => matches(path));
}
