import { findBrokenLink } from '../domain/broken-link.ts';
import type { FileTree } from '../domain/tree.ts';
import { HephyError } from '../errors.ts';
import { checkFile } from './check-file.ts';
import { keepWritten } from './defaults.ts';
import { inOrder } from './problem-order.ts';
import { ProjectConfig } from './project-schema.ts';
import type { ImageDefaults } from './settings.ts';

/** `.hephy/project.yaml` as its author wrote it. */
export type Project = Omit<ProjectConfig, 'defaults'> & { readonly defaults?: ImageDefaults };

const FILES = ['.hephy/project.yaml', '.hephy/project.yml'];

/** Empty if the file does not exist. Invalid fields are left out and reported. */
export async function loadProject(
  tree: FileTree,
): Promise<{ readonly project: Project; readonly problems: readonly HephyError[] }> {
  const [file, second] = FILES.filter((path) => tree.has(path));
  const bytes = file === undefined ? undefined : await tree.read(file);
  if (file === undefined || bytes === undefined) return { project: {}, problems: findBroken(tree) };
  const { data, raw, problems } = checkFile(ProjectConfig, { file, bytes });
  const { defaults, ...own } = data ?? {};
  const written = defaults && { defaults: keepWritten(defaults, Reflect.get(Object(raw), 'defaults')) };
  return { project: { ...own, ...written }, problems: [...inOrder(problems), ...findDouble(file, second)] };
}

function findBroken(tree: FileTree): readonly HephyError[] {
  return FILES.flatMap((file) => {
    const broken = findBrokenLink(tree, file);
    return broken === undefined
      ? []
      : [new HephyError('CONFIG_PATH', broken.text, { at: { file }, hint: broken.hint })];
  });
}

function findDouble(first: string, second: string | undefined): readonly HephyError[] {
  if (second === undefined) return [];
  const hint = 'Remove one of the two files.';
  return [
    new HephyError('CONFIG_CONFLICT', `${first} already has the settings of the project`, {
      at: { file: second },
      hint,
    }),
  ];
}
