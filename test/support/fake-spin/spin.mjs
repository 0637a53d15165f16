#!/usr/bin/env node
// Stands in for the Spin CLI 4.0.2, which no package registry has: same flags, same words, the same bytes to a registry.
import { spawnSync } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { assembleApplication } from './application.mjs';
import { readManifest } from './manifest.mjs';
import { pushApplication } from './push.mjs';
import { SpinError } from './spin-error.mjs';

const PUSH_FLAGS = {
  from: { type: 'string', short: 'f', default: 'spin.toml' },
  build: { type: 'boolean', default: false },
  insecure: { type: 'boolean', short: 'k', default: false },
  'cache-dir': { type: 'string' },
  annotation: { type: 'string', multiple: true, default: [] },
};

try {
  await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SpinError)) throw error;
  console.error(`Error: ${error.message}`);
  const { causes } = error;
  if (causes.length > 0) console.error('\nCaused by:');
  causes.forEach((cause, index) =>
    console.error(causes.length > 1 ? `${String(index).padStart(4)}: ${cause}` : `      ${cause}`),
  );
  process.exitCode = 1;
}

async function run(args) {
  if (args[0] === '--version') return console.log('spin 4.0.2 (stand-in)');
  if (args[0] !== 'registry' || args[1] !== 'push') throw new SpinError(`not played here: ${args.join(' ')}`);
  const { values, positionals } = parseArgs({
    args: args.slice(2),
    options: PUSH_FLAGS,
    allowPositionals: true,
  });
  const manifest = readManifest(values.from);
  const directory = resolve(dirname(manifest.path));
  if (values.build) buildComponents(manifest, directory);
  const application = assembleApplication(manifest, directory);
  const annotations = { ...inferred(manifest), ...Object.fromEntries(values.annotation.map(cutPair)) };
  const place = { reference: positionals[0] ?? '', insecure: values.insecure };
  const digest = await pushApplication({ ...application, annotations }, place);
  console.log(
    digest === undefined ? 'Pushed; the registry did not return the digest' : `Pushed with digest ${digest}`,
  );
}

/** The time of day is among what Spin adds on its own. */
function inferred({ application }) {
  return {
    'org.opencontainers.image.title': application.name,
    'org.opencontainers.image.created': new Date().toISOString(),
    ...(application.version && { 'org.opencontainers.image.version': application.version }),
  };
}

function cutPair(text) {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}

function buildComponents({ components }, directory) {
  for (const { id, build } of components.filter((component) => component.build)) {
    for (const command of [build.command].flat()) {
      console.log(`Building component ${id} with \`${command}\``);
      const cwd = join(directory, build.workdir ?? '.');
      const { status, signal } = spawnSync(command, { cwd, shell: true, stdio: 'inherit' });
      if (status === 0) continue;
      const how = signal === null ? `Exited(${status})` : 'Signaled(9)';
      throw new SpinError(`Build command for component ${id} failed with status ${how}`);
    }
  }
  console.log('Finished building all Spin components');
}
