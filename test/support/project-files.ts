import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** This checkout. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The project's own files, by pathspecs with `**`, as git knows them or would; one that finds none is a mistake. */
export async function listProjectFiles(...patterns: readonly string[]): Promise<string[]> {
  const found = await Promise.all(patterns.map(listOne));
  return [...new Set(found.flat())].sort();
}

async function listOne(pattern: string): Promise<string[]> {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', `:(glob)${pattern}`];
  const { stdout } = await promisify(execFile)('git', args, { cwd: ROOT, maxBuffer: 1 << 26 });
  const files = stdout.split('\0').filter((path) => path !== '');
  if (files.length === 0) throw new Error(`no file is ${pattern}`);
  return files;
}

export function readProjectFile(path: string): Promise<string> {
  return readFile(join(ROOT, path), 'utf8');
}
