import { arch, homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** The committed bundle; HEPHY_BENCH_BUNDLE names another one to compare with it. */
export const bundle = process.env.HEPHY_BENCH_BUNDLE ?? join(root, 'dist', 'index.js');

/** A program that only the measurements need. */
export function program(name) {
  return join(root, 'bench', 'programs', name);
}

/** A tool from the cache that script/install-tools.mjs fills. */
export function tool(name) {
  const pins = JSON.parse(readFileSync(join(root, 'src/system/tools/tools.json'), 'utf8'));
  const tools = process.env.RUNNER_TOOL_CACHE ?? join(cacheOf(), 'tools');
  const path = join(tools, name, pins[name].version, arch(), name);
  if (!existsSync(path)) throw new Error(`${path} is missing: node script/install-tools.mjs ${name}`);
  return path;
}

export function cacheOf() {
  const cache = process.env.RUNNER_TOOL_CACHE ?? process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return join(cache, 'hephy-builder');
}
