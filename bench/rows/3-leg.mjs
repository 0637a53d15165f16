// One leg, warm: `hephy build` against the very `ko build` that it runs, recorded once and then repeated by itself.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ms, shown, sideBySide, time } from '../measure.mjs';
import { bundle, program, root, tool } from '../paths.mjs';
import { createClient, pushImage, pushIndex, startRegistry } from '../registry.mjs';
import { commitAll } from '../repository.mjs';

const BUDGET_MS = 150;

export const row = {
  name: 'One leg',
  budget: `≤ ${BUDGET_MS} ms over the bare \`ko build\` with the same flags and environment, both warm`,
  async measure() {
    const registry = await startRegistry();
    const dir = mkdtempSync(join(tmpdir(), 'hephy-bench-'));
    try {
      return await measureIn(dir, registry.host);
    } finally {
      await registry.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  },
};

async function measureIn(dir, host) {
  const shop = join(dir, 'shop');
  cpSync(join(root, 'examples/shop'), shop, { recursive: true });
  commitAll(shop);
  const env = { ...process.env, KO_DEFAULTBASEIMAGE: await pushBase(host) };
  const leg = ['--images', 'api', '--platform', 'linux/amd64', '--registry', `${host}/shop`];
  const hephy = [process.execPath, bundle, 'build', ...leg];
  const ko = record(dir, (path) => time(hephy, { cwd: shop, env: { ...env, PATH: path } }));
  const measured = await sideBySide({
    node: () => time([process.execPath, '-e', '0']),
    ko: () => time(ko.command, ko.options),
    hephy: () => time(hephy, { cwd: shop, env }),
  });
  const over = measured.hephy.median - measured.ko.median;
  return {
    verdict: `${ms(over)} over ko: ${over <= BUDGET_MS ? 'met' : 'missed'}`,
    figures: {
      '`ko build`': shown(measured.ko),
      '`hephy build`: plan, the same ko, the published image': shown(measured.hephy),
      '`node -e 0`, part of it': shown(measured.node),
    },
  };
}

/** An empty image for both architectures, as script/try makes one with crane. */
async function pushBase(host) {
  const client = createClient(host);
  const manifests = [];
  for (const arch of ['amd64', 'arm64']) {
    manifests.push(await pushImage(client, 'base', { platform: `linux/${arch}`, tags: [arch] }));
  }
  await pushIndex(client, 'base', { manifests, tags: ['latest'] });
  client.close();
  return `${host}/base:latest`;
}

/** Runs hephy with a ko on PATH that keeps its call, and answers that call as a command of its own. */
function record(dir, run) {
  const here = join(dir, 'recorded');
  mkdirSync(here);
  symlinkSync(program('record-ko'), join(here, 'ko'));
  symlinkSync(tool('ko'), join(here, 'real-ko'));
  run(`${here}:${process.env.PATH}`);
  const listOf = (name) => readFileSync(join(here, name), 'utf8').split('\0').slice(0, -1);
  const env = Object.fromEntries(listOf('env').map((line) => line.split(/=(.*)/s, 2)));
  const args = listOf('args').map((arg) =>
    arg.startsWith('--image-refs=') ? `--image-refs=${here}/refs` : arg,
  );
  return {
    command: [tool('ko'), ...args],
    options: {
      cwd: readFileSync(join(here, 'cwd'), 'utf8').trimEnd(),
      env: { ...env, TMPDIR: here, KO_CONFIG_PATH: join(here, 'ko.json') },
    },
  };
}
