// A run in which nothing has to be built: plan, fingerprints, one look-up for each leg, and tags that stand already.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sideBySide, time } from '../measure.mjs';
import { bundle } from '../paths.mjs';
import { createClient, pushImage, withRegistry } from '../registry.mjs';
import { commitAll } from '../repository.mjs';

const IMAGES = 100;
const BUDGET_MS = 3000;

export const row = {
  name: 'Nothing changed',
  budget: `≤ ${BUDGET_MS / 1000} s on ${IMAGES} images × 2 platforms`,
  note: 'Go programs, each a module of its own, whose images are in the registry under their fingerprints. ko and Go are asked for their versions, and nothing is built.',
  measure: () => withRegistry(measureIn),
};

async function measureIn(cwd, host) {
  prepare(cwd, host);
  const shop = `${host}/shop`;
  const hephy = (...args) => [process.execPath, bundle, ...args, '--registry', shop];
  await pushBuilt(host, cwd, hephy('explain', '--fingerprint', '--json'));
  const build = hephy('build', '--all', '--date', '20260101', '--json');
  const { legs } = JSON.parse(
    execFileSync(build[0], build.slice(1), { cwd, stdio: ['ignore', 'pipe', 'ignore'] }),
  );
  if (legs.some(({ state }) => state !== 'unchanged')) throw new Error('something was built');
  const measured = await sideBySide(
    { hephy: () => time(build, { cwd }), node: () => time([process.execPath, '-e', '0'], { cwd }) },
    { runs: 5, warmup: 1 },
  );
  const { median } = measured.hephy;
  return {
    verdict: `${Math.round(median)} ms: ${median <= BUDGET_MS ? 'met' : 'missed'}`,
    figures: { '`hephy build`': measured.hephy, '`node -e 0`, part of it': measured.node },
  };
}

function prepare(cwd, host) {
  for (let index = 0; index < IMAGES; index += 1) {
    const name = `image-${index}`;
    mkdirSync(join(cwd, `${name}/cmd/${name}`), { recursive: true });
    const config = {
      name,
      additional_tags: ['latest'],
      ko_config: { base_image: `${host}/base:latest` },
      ...(index % 4 === 3 ? { depends_on: [`image-${index - 1}`] } : {}),
    };
    writeFileSync(join(cwd, name, 'build-config.yaml'), JSON.stringify(config));
    writeFileSync(join(cwd, name, 'go.mod'), `module example.com/${name}\n`);
    writeFileSync(join(cwd, `${name}/cmd/${name}/main.go`), 'package main\n\nfunc main() {}\n');
  }
  commitAll(cwd);
}

/** As if a run before had built them: under the fingerprint's tag, and with the label that says the same. */
async function pushBuilt(host, cwd, [file, ...args]) {
  const client = createClient(host);
  await pushImage(client, 'base', { platform: 'linux/amd64', tags: ['latest'] });
  const told = JSON.parse(execFileSync(file, args, { cwd, maxBuffer: 1 << 26 }));
  for (const { id, now } of told.flatMap(({ legs }) => legs)) {
    const parts = Object.entries(now.parts).map(([name, part]) => `${name}:${part}`);
    const labels = {
      'org.opencontainers.image.revision': '0123456789'.repeat(4),
      'dev.hephy.fingerprint': ['v1', now.hash, ...parts].join('.'),
    };
    const platform = id.endsWith('arm64') ? 'linux/arm64' : 'linux/amd64';
    await pushImage(client, 'shop', { platform, labels, tags: [`fp-${now.hash.slice(0, 40)}`] });
  }
  client.close();
}
