import type { ImageInputs } from '../domain/change.ts';
import type { FileTree } from '../domain/tree.ts';
import { escapePattern } from './copied-paths.ts';

export interface LinkTargetsOptions {
  readonly tree: Pick<FileTree, 'links' | 'resolve'>;
  /** The builder reads through the links in the sources as well. */
  readonly follow: boolean;
}

/** A symbolic link is as stale as what it leads to: links in the image's own paths, and in its sources where those count. */
export function addLinkTargets(inputs: ImageInputs, { tree, follow }: LinkTargetsOptions): ImageInputs {
  if (tree.links.size === 0) return inputs;
  const resolve = (paths: readonly string[]): readonly string[] =>
    paths.flatMap((path) => resolveAll(path, tree));
  const { directories, files, copies } = inputs;
  const targets = follow ? resolve(listLinks(inputs, tree)) : [];
  return {
    ...inputs,
    directories: [...new Set(directories.flatMap((path) => [path, tree.resolve(path).path ?? path]))],
    files: [...new Set([...files, ...resolve(files), ...linksOf(directories, tree)])],
    copies: [...copies, ...targets.map(escapePattern)],
  };
}

/** The links that are followed, and their target. */
function resolveAll(path: string, { resolve }: Pick<FileTree, 'resolve'>): readonly string[] {
  const { path: target, links } = resolve(path);
  return links.length === 0 || target === null ? links : [...links, target];
}

function linksOf(paths: readonly string[], { resolve }: Pick<FileTree, 'resolve'>): readonly string[] {
  return paths.flatMap((path) => resolve(path).links);
}

function listLinks({ directories, go }: ImageInputs, { links }: Pick<FileTree, 'links'>): readonly string[] {
  const below = go === null ? directories : [...go.directories, ...go.trees];
  return [...links.keys()].filter((link) =>
    below.some((directory) => directory === '.' || link.startsWith(`${directory}/`)),
  );
}
