import { visitInstructions, type Placed } from './scopes.ts';
import type { Resolved } from './stages.ts';
import { flagValue } from './words.ts';

/** What ADD fetches from elsewhere; `$` anywhere in it: only the build knows where from. */
export interface Download {
  readonly source: string;
  readonly kind: 'git' | 'http' | 'unknown';
  /** What comes is checked, so that it cannot change. */
  readonly verified: boolean;
}

const SCHEME = /^([a-zA-Z0-9]+):\/\//;
/** `user@host:path?query#ref`, as scp has it. */
const SCP = /^[\w-]+@[a-zA-Z0-9-.]+:/;

/** All that the ADDs of a file fetch in a build for one platform. */
export function listAllDownloads(resolved: Resolved): readonly Download[] {
  const found: Download[] = [];
  visitInstructions(resolved, (placed) => {
    for (const download of listDownloads(placed)) found.push(download);
  });
  return found;
}

export function listDownloads({ instruction, expand }: Placed): readonly Download[] {
  const { keyword, flags, args, heredocs } = instruction;
  if (keyword !== 'ADD') return [];
  const verified = (flagValue(flags, 'checksum') ?? '') !== '';
  return args
    .slice(0, -1)
    .filter((word) => heredocs.length === 0 || !/^\d*<</.test(word))
    .flatMap((word) => {
      const source = expand(word) ?? word;
      const kind = kindOf(source);
      return kind === undefined ? [] : [{ source, kind, verified }];
    });
}

/** It lies elsewhere, as far as that is known. */
export function isDownload(source: string): boolean {
  return ['git', 'http'].includes(kindOf(source) ?? '');
}

function kindOf(source: string): Download['kind'] | undefined {
  if (isGitSource(source)) return 'git';
  if (/^https?:\/\//.test(source)) return 'http';
  return source.includes('$') ? 'unknown' : undefined;
}

/**
 * As BuildKit tells a git repository from a download: the scheme in any case, and for the web a path that ends in `.git`.
 * https://docs.docker.com/reference/dockerfile/#adding-files-from-a-git-repository
 */
export function isGitSource(source: string): boolean {
  const scheme = SCHEME.exec(source)?.[1]?.toLowerCase();
  if (scheme === undefined) return SCP.test(source);
  if (scheme === 'git' || scheme === 'ssh') return true;
  if (scheme !== 'http' && scheme !== 'https') return false;
  const [, path = ''] = /^[^:]+:\/\/[^/?#]*([^?#]*)/.exec(source) ?? [];
  return decodePath(path).endsWith('.git');
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}
