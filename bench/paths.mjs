import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const bundle = join(root, 'dist', 'index.js');

/** A tool from the cache that script/install-tools.mjs fills. */
export function tool(name) {
  const pins = JSON.parse(readFileSync(join(root, 'src/system/tools.json'), 'utf8'));
  const cache = process.env.RUNNER_TOOL_CACHE ?? process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return join(cache, 'hephy-builder', 'tools', name, pins[name].version, name);
}
