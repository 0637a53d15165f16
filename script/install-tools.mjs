// Installs Go tools at their pinned versions (src/system/tools.json) into the cache that hephy itself looks in.
// Usage: node script/install-tools.mjs crane registry ko. Prints the directory of each, in order.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pins = JSON.parse(readFileSync(join(root, 'src/system/tools.json'), 'utf8'));
const cache = process.env.RUNNER_TOOL_CACHE ?? process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
const tools = join(cache, 'hephy-builder', 'tools');

function install(name) {
  const pin = pins[name];
  const home = join(tools, name, pin.version);
  if (existsSync(join(home, name))) return home;
  mkdirSync(join(tools, name), { recursive: true });
  const fresh = mkdtempSync(join(tools, name, '.new-'));
  process.stderr.write(`installing ${name} ${pin.version}\n`);
  execFileSync('go', ['install', `${pin.go}@v${pin.version}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, GOBIN: fresh, GOFLAGS: '' },
  });
  rmSync(home, { recursive: true, force: true });
  renameSync(fresh, home);
  return home;
}

for (const name of process.argv.slice(2)) process.stdout.write(`${install(name)}\n`);
