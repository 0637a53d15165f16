// Installs tools at their pinned versions into the cache that hephy itself looks in, as NAME/VERSION/ARCH there with an empty
// file ARCH.complete beside it (the layout of GitHub's tool cache): those of hephy (src/system/tools/tools.json), built by Go,
// and those that only tests need (test-tools.json), from Go, npm or pip.
// Usage: node script/install-tools.mjs crane registry ko buildctl. Prints the directory of each, in order.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const ours = readPins('src/system/tools/tools.json');
const pins = { ...ours, ...readPins('script/test-tools.json') };
const cache = process.env.RUNNER_TOOL_CACHE ?? process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
const ownTools = join(cache, 'hephy-builder', 'tools');

function readPins(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

function install(name) {
  const pin = pins[name];
  if (pin === undefined) throw new Error(`there is no pinned ${name}: ${Object.keys(pins).join(', ')}`);
  // What only tests need stays out of a runner's cache: setup-node has a `node` there, laid out in another way.
  const tools = Object.hasOwn(ours, name) ? (process.env.RUNNER_TOOL_CACHE ?? ownTools) : ownTools;
  const home = join(tools, name, pin.version, process.arch);
  if (existsSync(`${home}.complete`) && existsSync(join(home, name))) return home;
  mkdirSync(dirname(home), { recursive: true });
  const fresh = mkdtempSync(join(tools, name, '.new-'));
  process.stderr.write(`installing ${name} ${pin.version}\n`);
  (pin.go ? buildWithGo : pin.npm ? installWithNpm : installWithPip)(name, fresh);
  rmSync(home, { recursive: true, force: true });
  renameSync(fresh, home);
  writeFileSync(`${home}.complete`, '');
  return home;
}

function run(program, args, cwd, env = {}) {
  execFileSync(program, args, {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...env },
  });
}

function buildWithGo(name, directory) {
  const env = { GOBIN: directory, GOFLAGS: '', GOWORK: 'off', CGO_ENABLED: '0' };
  for (const args of commandsOf(name, directory)) run('go', args, directory, env);
  writeFileSync(join(directory, '.origin'), 'built by Go\n');
}

/** As src/system/tools/go-install.ts has it. */
function commandsOf(name, directory) {
  const pin = pins[name];
  const versioned = `${pin.go}@v${pin.version}`;
  if (pin.way !== 'module') return [['install', versioned]];
  const flags = pin.stamp === undefined ? [] : ['-ldflags', `-X ${pin.stamp}=v${pin.version}`];
  const build = ['build', '-trimpath', ...flags, '-o', join(directory, name), pin.go];
  return [['mod', 'init', 'tools'], ['get', versioned], build];
}

/** Packages of their own, outside node_modules of the project: what users install cannot depend on them. */
function installWithNpm(name, directory) {
  const pin = pins[name];
  const { platform, arch } = process;
  const npmPackage = pin.npm.replace('{platform}', platform).replace('{arch}', arch);
  const flags = ['--prefix', directory, '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  run('npm', ['install', ...flags, `${npmPackage}@${pin.version}`], directory);
  const home = `node_modules/${npmPackage}`;
  const { bin } = JSON.parse(readFileSync(join(directory, home, 'package.json'), 'utf8'));
  const program = typeof bin === 'string' ? bin : bin[name];
  if (!program.endsWith('.js')) return symlinkSync(join(home, program), join(directory, name));
  install('node');
  const node = `"$here/../../../node/${pins.node.version}/${arch}/node"`;
  return writeLauncher(join(directory, name), `exec ${node} "$here/${home}/${program}" "$@"`);
}

function installWithPip(name, directory) {
  const { pip, version } = pins[name];
  run('python3', ['-m', 'venv', 'venv'], directory);
  const flags = ['--quiet', '--disable-pip-version-check'];
  run('venv/bin/python', ['-m', 'pip', 'install', ...flags, `${pip}==${version}`], directory);
  // By its module: the programs in venv/bin hold the path of the directory that is about to be renamed.
  writeLauncher(join(directory, name), `exec "$here/venv/bin/python" -m ${pip.replaceAll('-', '_')} "$@"`);
}

function writeLauncher(path, command) {
  const lines = ['#!/bin/sh', `here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)`, command];
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o755 });
}

for (const name of process.argv.slice(2)) process.stdout.write(`${install(name)}\n`);
