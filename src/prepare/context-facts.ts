import type { ContextFacts } from '../domain/choice.ts';
import type { FileTree } from '../domain/tree.ts';

/** The contents of image contexts, found in one pass over the paths for all images. */
export interface ContextIndex {
  factsOf(context: string, dockerfile: string | undefined): ContextFacts;
}

const COMMAND = /^(?:(.*)\/)?cmd\/(.+)$/;

export function indexContexts(tree: FileTree): ContextIndex {
  const commands = new Map<string, Set<string>>();
  for (const path of tree.paths) {
    if (path.startsWith('cmd/') || path.includes('/cmd/')) addCommand(commands, path);
  }
  return {
    factsOf: (context, dockerfile) => {
      const found = commands.get(tree.resolve(context).path ?? context);
      return {
        hasGoMod: tree.has(join(context, 'go.mod')),
        inGoModule: parentsOf(context).some((dir) => tree.has(join(dir, 'go.mod'))),
        hasCmd: found !== undefined,
        commands: [...(found ?? [])].sort(),
        hasSpinToml: tree.has(join(context, 'spin.toml')),
        dockerfile,
      };
    },
  };
}

/** `a/cmd/server/main.go` is a program of `a`; deeper files and tests only show that `a/cmd/` exists. */
function addCommand(commands: Map<string, Set<string>>, path: string): void {
  const [, context = '.', rest = ''] = COMMAND.exec(path) ?? [];
  const found = commands.get(context) ?? new Set<string>();
  commands.set(context, found);
  const [, program = '.', file] = /^(?:([^/]+)\/)?([^/]+\.go)$/.exec(rest) ?? [];
  if (file !== undefined && !file.endsWith('_test.go')) found.add(program);
}

/** `a/b` → `a`, `.`. The root has no parent. */
export function parentsOf(dir: string): string[] {
  if (dir === '.') return [];
  const parts = dir.split('/');
  return [...parts.keys()]
    .slice(1)
    .map((count) => parts.slice(0, count).join('/'))
    .reverse()
    .concat('.');
}

export function join(dir: string, path: string): string {
  return dir === '.' ? path : `${dir}/${path}`;
}
