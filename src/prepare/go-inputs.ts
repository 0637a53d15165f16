import { KoOptions } from '../backends/ko/options.ts';
import { askGo } from '../changes/go-inputs.ts';
import type { Repository } from '../changes/repository.ts';
import type { GoInputs } from '../domain/change.ts';
import type { FileTree } from '../domain/tree.ts';
import type { ChosenImage } from './choices.ts';
import { join, parentsOf } from './context-facts.ts';

/**
 * Where Go finds what it compiles in: below the nearest go.mod, or anywhere in the repository where a workspace or a
 * `replace` reaches out of it. Nobody has to ask Go while nothing there has changed.
 */
export async function listGoDirectories(image: ChosenImage, tree: FileTree): Promise<readonly string[]> {
  const start = goDirectory(image);
  const above = [start, ...parentsOf(start)];
  const module = above.find((dir) => tree.has(join(dir, 'go.mod')));
  if (module === undefined) return [];
  const workspace = above.some((dir) => tree.has(join(dir, 'go.work')));
  const text = await tree.read(join(module, 'go.mod'));
  return workspace || /=>\s*"?\.\.\//.test(text?.toString('utf8') ?? '') ? ['.'] : [module];
}

export function askAbout(image: ChosenImage, repo: Repository): Promise<GoInputs | null> {
  const options = KoOptions.parse(image.choice.options);
  const { root, env, signal } = repo;
  return askGo({
    ...{ root, env, signal },
    contextDir: goDirectory(image),
    packages: [options.import_path ?? '.'],
    tags: readTags(options.flags),
  });
}

/** From the repository's root; `working_dir` was checked to stay inside. */
function goDirectory({ configured, choice }: ChosenImage): string {
  const { working_dir: inside = '.' } = KoOptions.parse(choice.options);
  const parts = join(configured.context, inside)
    .split('/')
    .filter((part) => part !== '.' && part !== '');
  const kept: string[] = [];
  for (const part of parts) {
    if (part === '..') kept.pop();
    else kept.push(part);
  }
  return kept.join('/') || '.';
}

/** `-tags=a,b` in one flag or in two: what is behind a build tag is compiled in with it. */
function readTags(flags: readonly string[]): readonly string[] {
  return flags.flatMap((flag, index) => {
    const value = /^--?tags(?:=(.*))?$/.exec(flag);
    if (value === null) return [];
    return (value[1] ?? flags[index + 1] ?? '').split(/[, ]+/).filter((tag) => tag !== '');
  });
}
