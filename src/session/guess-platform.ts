import type { Origin } from '../changes/origin.ts';
import type { FileTree } from '../domain/tree.ts';

/** The CI platform that most likely builds this repository: its remote's host decides, else the CI files in it. */
export function guessPlatform({ url }: Pick<Origin, 'url'>, tree: FileTree): 'github' | 'gitlab' {
  const host = url === null ? '' : new URL(url).hostname;
  if (/(^|\.)github\./.test(host)) return 'github';
  if (/(^|[.-])gitlab([.-]|$)/.test(host)) return 'gitlab';
  const hasGithub = tree.paths.some((path) => path.startsWith('.github/workflows/'));
  return tree.has('.gitlab-ci.yml') && !hasGithub ? 'gitlab' : 'github';
}
