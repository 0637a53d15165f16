// Installs Go tools at their pinned versions (src/system/tools.json) into the cache that hephy itself looks in.
// Usage: node script/install-tools.mjs crane registry ko buildctl. Prints the directory of each, in order.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
  for (const args of commandsOf(name, pin, fresh)) {
    execFileSync('go', args, {
      cwd: fresh,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, GOBIN: fresh, GOFLAGS: '', GOWORK: 'off', CGO_ENABLED: '0' },
    });
  }
  writeFileSync(join(fresh, '.origin'), 'built by Go\n');
  rmSync(home, { recursive: true, force: true });
  renameSync(fresh, home);
  return home;
}

/** As src/system/go-install.ts has it. */
function commandsOf(name, pin, directory) {
  const versioned = `${pin.go}@v${pin.version}`;
  if (pin.way !== 'module') return [['install', versioned]];
  const flags = pin.stamp === undefined ? [] : ['-ldflags', `-X ${pin.stamp}=v${pin.version}`];
  const build = ['build', '-trimpath', ...flags, '-o', join(directory, name), pin.go];
  return [['mod', 'init', 'tools'], ['get', versioned], build];
}

for (const name of process.argv.slice(2)) process.stdout.write(`${install(name)}\n`);
