// One leg, warm: `hephy build` against the very `ko build` that it runs, recorded once and then repeated by itself.
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { median, ms, sideBySide, time } from '../measure.mjs';
import { bundle, program, root, tool } from '../paths.mjs';
import { createClient, pushImage, pushIndex, withRegistry } from '../registry.mjs';
import { commitAll } from '../repository.mjs';

const BUDGET_MS = 150;

export const row = {
  name: 'One leg',
  budget: `≤ ${BUDGET_MS} ms over the bare \`ko build\` with the same flags and environment, both warm`,
  note: 'Why it is missed: all of it but 20 ms is spent before ko starts, where nothing can run beside it. Of some 200 ms, Node takes 45, compiling and running the bundle 60, six git processes in three steps 40, `go env` for the fingerprint 30, and configuration, plan and the questions to the registry the rest (a CPU profile and a trace of the processes of one run). What is left to gain is a start of git before the bundle is loaded whole, and Go asked while git answers.',
  measure: () => withRegistry(measureIn),
};

async function measureIn(dir, host) {
  const shop = join(dir, 'shop');
  cpSync(join(root, 'examples/shop'), shop, { recursive: true });
  commitAll(shop);
  const env = { ...process.env, KO_DEFAULTBASEIMAGE: await pushBase(host) };
  const leg = ['--images', 'api', '--platform', 'linux/amd64', '--registry', `${host}/shop`];
  const hephy = [process.execPath, bundle, 'build', ...leg];
  const recorder = createRecorder(dir);
  const recorded = () =>
    recorder.split(() => time(hephy, { cwd: shop, env: { ...env, PATH: recorder.path } }));
  recorded();
  const ko = recorder.call();
  const measured = await sideBySide({
    node: () => time([process.execPath, '-e', '0']),
    ko: () => time(ko.command, ko.options),
    hephy: () => time(hephy, { cwd: shop, env }),
  });
  const splits = Array.from({ length: 7 }, recorded);
  const over = measured.hephy.median - measured.ko.median;
  return {
    verdict: `${ms(over)} over ko: ${over <= BUDGET_MS ? 'met' : 'missed'}`,
    figures: {
      '`ko build`': measured.ko,
      '`hephy build`: plan, the same ko, the published image': measured.hephy,
      '`node -e 0`, part of it': measured.node,
      'from the start of `hephy` to the start of ko': ms(median(splits.map(({ before }) => before))),
      'from the end of ko to the end of `hephy`': ms(median(splits.map(({ after }) => after))),
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

/** A ko on PATH that keeps its call and its times; the call can then be repeated as a command of its own. */
function createRecorder(dir) {
  const here = join(dir, 'recorded');
  mkdirSync(here);
  symlinkSync(program('record-ko'), join(here, 'ko'));
  symlinkSync(tool('ko'), join(here, 'real-ko'));
  const read = (name) => readFileSync(join(here, name), 'utf8');
  const listOf = (name) => read(name).split('\0').slice(0, -1);
  return {
    path: `${here}:${process.env.PATH}`,
    split(run) {
      const started = Date.now();
      run();
      return { before: Number(read('started')) - started, after: Date.now() - Number(read('ended')) };
    },
    call: () => ({
      command: [
        tool('ko'),
        ...listOf('args').map((arg) => arg.replace(/(?<=^--image-refs=).*/, join(here, 'refs'))),
      ],
      options: {
        cwd: read('cwd').trimEnd(),
        env: {
          ...Object.fromEntries(listOf('env').map((line) => line.split(/=(.*)/s, 2))),
          ...{ TMPDIR: here, KO_CONFIG_PATH: join(here, 'ko.json') },
        },
      },
    }),
  };
}
