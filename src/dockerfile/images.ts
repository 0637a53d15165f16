import { visitInstructions, type Placed } from './scopes.ts';
import type { Resolved } from './stages.ts';
import { flagValue, readMount } from './words.ts';

/** An image that the build pulls. */
export interface PulledImage {
  readonly via: 'FROM' | 'COPY --from' | 'RUN --mount';
  /** As written. */
  readonly raw: string;
  /** Expanded; a variable that only the build knows stays in it. */
  readonly text: string;
  readonly line: number;
  /** FROM with `--platform`: the author chose the platform, so it need not be the one that is built. */
  readonly pinned: boolean;
}

/** All images that a build of this file for one platform may pull: the uses that are neither a stage nor `scratch`. */
export function listPulledImages(resolved: Resolved): readonly PulledImage[] {
  const bases = resolved.stages
    .filter(({ parent }) => parent === undefined)
    .map(({ stage, base, platform }): PulledImage => {
      const { from: raw, line } = stage;
      return { via: 'FROM', raw, line, text: base, pinned: platform !== undefined };
    });
  const used: PulledImage[] = [];
  visitInstructions(resolved, (placed) => {
    for (const use of listUses(placed)) if (!isStage(resolved, use)) used.push(use);
  });
  return [...bases, ...used]
    .filter(({ text }) => text !== '' && text !== 'scratch')
    .sort((a, b) => a.line - b.line);
}

function listUses({ instruction, expand }: Placed): readonly PulledImage[] {
  const { keyword, flags, line } = instruction;
  if (keyword === 'COPY') {
    const raw = flagValue(flags, 'from') ?? '';
    return [{ via: 'COPY --from', raw, line, pinned: false, text: expand(raw) ?? raw }];
  }
  if (keyword !== 'RUN') return [];
  return flags
    .filter(({ name, value }) => name === 'mount' && value !== undefined)
    .map(({ value = '' }) => readMount(value).get('from') ?? '')
    .map((raw) => ({ via: 'RUN --mount', raw, line, pinned: false, text: expand(raw) ?? raw }));
}

/** COPY sees a stage by its name or its number, a mount by its name alone. */
function isStage({ byName }: Resolved, { via, text }: PulledImage): boolean {
  return byName.has(text.toLowerCase()) || (via === 'COPY --from' && /^[-+]?\d+$/.test(text));
}
