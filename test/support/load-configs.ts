import { formatPosition } from '../../src/errors.ts';
import { loadConfigs } from '../../src/config/load.ts';
import type { LoadedConfigs } from '../../src/config/load.ts';
import { IGNORED } from '../../src/config/load-settings.ts';
import type { Settings } from '../../src/config/settings.ts';
import { memoryTree } from './memory-tree.ts';

export interface Situation {
  readonly settings?: Partial<Settings>;
  readonly platformId?: 'github' | 'gitlab' | 'local';
}

/** Loads the configs of a repository `shop` that has these files. */
export function load(
  files: Record<string, string>,
  { settings, platformId = 'local' }: Situation = {},
): Promise<LoadedConfigs> {
  return loadConfigs({
    tree: memoryTree(files),
    repositoryName: 'shop',
    platformId,
    settings: { layout: 'tag', ignore: IGNORED, defaults: {}, ...settings },
  });
}

/** As they are printed: place, code, message. */
export function lines({ problems }: LoadedConfigs): string[] {
  return problems.map(({ at, code, message }) => `${at ? formatPosition(at) : ''} ${code} ${message}`);
}

/** Problems of one config in `api/`. */
export async function problemsOf(text: string, situation?: Situation): Promise<string[]> {
  const loaded = await load({ 'api/build-config.yaml': text }, situation);
  return lines(loaded).map((line) => line.replace('api/build-config.yaml:', ''));
}
