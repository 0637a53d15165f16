import type { Plan } from '../domain/plan.ts';
import type { LegResult } from '../domain/result.ts';
import { tagFile } from '../domain/tag-file.ts';

/** File name → content: what the first version left for the jobs that follow, and what such jobs may still read. */
export type V1Files = Readonly<Record<string, string>>;

/** One directory a line; a name that would be two lines cannot stand here. */
export function renderV1Plan(plan: Plan): V1Files {
  const dirs = plan.images.map(({ dir }) => dir).filter((dir) => !dir.includes('\n'));
  const platforms = plan.images.flatMap(({ legs }) => legs.map(({ platform }) => platform));
  return {
    'dirs.txt': dirs.map((dir) => `${dir}\n`).join(''),
    'need_amd64.txt': `${platforms.includes('linux/amd64')}\n`,
    'need_arm64.txt': `${platforms.includes('linux/arm64')}\n`,
  };
}

/** `{name}-{arch}.tag` for each leg that is in the registry. */
export function renderV1Tags(legs: readonly LegResult[]): V1Files {
  const there = legs.filter(({ state }) => state === 'built' || state === 'unchanged');
  return Object.fromEntries(there.map((leg) => [tagFile(leg), `${leg.tag}\n`]));
}
