import type { Resolved } from '../domain/tree.ts';

/** As Linux: https://man7.org/linux/man-pages/man7/path_resolution.7.html */
const MAX_LINKS = 40;

/** Follows the symbolic links of a repository by their texts alone: the disk is not asked. */
export function resolveLinks(links: ReadonlyMap<string, string>, path: string): Resolved {
  const followed: string[] = [];
  const at: string[] = [];
  let left = listParts(path);
  for (let part = left.shift(); part !== undefined; part = left.shift()) {
    if (part === '..') {
      if (at.pop() === undefined) return { path: null, links: followed, fault: 'outside' };
      continue;
    }
    at.push(part);
    const link = at.join('/');
    const target = links.get(link);
    if (target === undefined) continue;
    if (followed.length === MAX_LINKS) return { path: null, links: followed, fault: 'circle' };
    followed.push(link);
    if (target.startsWith('/')) return { path: null, links: followed, fault: 'outside' };
    at.pop();
    left = [...listParts(target), ...left];
  }
  return { path: followed.length === 0 ? path : at.join('/') || '.', links: followed };
}

function listParts(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
