import { accessSync, constants } from 'node:fs';
import { arch } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import pins from '../../script/test-tools.json' with { type: 'json' };
import { cacheDir } from '../../src/system/files/cache-dir.ts';

type PinnedName = keyof typeof pins;

/** Pinned programs that only tests need, from the tool cache. A suite that asks for one that is not there fails. */
export const act = (): string => pinned('act');
export const actionlint = (): string => pinned('actionlint');
export const checkJsonschema = (): string => pinned('check-jsonschema');
/** Brings its own Node; needs `rsync` on PATH. */
export const gitlabCiLocal = (): string => pinned('gitlab-ci-local');
/** The Node that action.yml asks for. */
export const node24 = (): string => pinned('node');
/** From Debian. */
export const rsync = (): string => onPath('rsync');
export const strace = (): string => onPath('strace');

/** PATH with these programs' directories first: act runs actions with whatever `node` is found there. */
export function pathWith(...programs: readonly string[]): string {
  return [...programs.map((program) => dirname(program)), process.env['PATH']].join(delimiter);
}

function pinned(name: PinnedName): string {
  const path = join(cacheDir(process.env), 'tools', name, pins[name].version, arch(), name);
  if (isProgram(path)) return path;
  throw new Error(`${name} ${pins[name].version} is missing: node script/install-tools.mjs ${name}`);
}

function onPath(name: string): string {
  const paths = (process.env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, name));
  const found = paths.find(isProgram);
  if (found === undefined) throw new Error(`${name} is missing: apt-get install ${name}`);
  return found;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
