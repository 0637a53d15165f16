import { isDownload } from './downloads.ts';
import { visitInstructions, type Placed } from './scopes.ts';
import type { Resolved } from './stages.ts';
import { flagValue, readMount } from './words.ts';

/**
 * What COPY and ADD take from the context, and what RUN mounts of it, expanded; nothing of other stages, images or
 * addresses. A variable that only the build knows stays in the text.
 */
export function listCopies(resolved: Resolved): readonly string[] {
  const found = new Set<string>(listShipped(resolved));
  visitInstructions(resolved, (placed) => {
    for (const source of listMounts(placed)) found.add(source);
  });
  return [...found];
}

/** Without mounts, which only one RUN sees: what becomes part of a layer. */
export function listShipped(resolved: Resolved): readonly string[] {
  const found = new Set<string>();
  visitInstructions(resolved, (placed) => {
    for (const source of listSources(placed)) found.add(source);
  });
  return [...found];
}

function listSources(placed: Placed): readonly string[] {
  const { keyword, flags, args, heredocs } = placed.instruction;
  if (keyword !== 'COPY' && keyword !== 'ADD') return [];
  if (flagValue(flags, 'from') !== undefined) return [];
  return args
    .slice(0, -1)
    .filter((word) => heredocs.length === 0 || !/^\d*<</.test(word))
    .map((word) => placed.expand(word) ?? word)
    .filter((source) => keyword === 'COPY' || !isDownload(source));
}

function listMounts({ instruction, expand }: Placed): readonly string[] {
  if (instruction.keyword !== 'RUN') return [];
  const mounts = instruction.flags.filter(({ name }) => name === 'mount');
  return mounts.flatMap(({ value = '' }) => {
    const mount = readMount(value);
    if ((mount.get('type') ?? 'bind') !== 'bind' || mount.has('from')) return [];
    const source = mount.get('source') ?? mount.get('src') ?? '.';
    return [expand(source) ?? source];
  });
}
