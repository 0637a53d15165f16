import type { Plan } from '../domain/plan.ts';
import type { LegResult } from '../domain/result.ts';
import { tagFile } from '../domain/tag-file.ts';

/** File name → content: the files that version 1 wrote for later jobs, which may still read them. */
export type V1Files = Readonly<Record<string, string>>;

/** One directory per line; a name with a line break is left out. */
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
  const published = legs.filter(({ state }) => state === 'built' || state === 'unchanged');
  return Object.fromEntries(published.map((leg) => [tagFile(leg), `${leg.tag}\n`]));
}
