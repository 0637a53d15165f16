// The scheduler and what surrounds each leg: 40 legs that only sleep, against the best that any scheduler could do.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { sideBySide, time } from '../measure.mjs';
import { bundle, program } from '../paths.mjs';
import { createClient, pushImage, withRegistry } from '../registry.mjs';
import { commitAll } from '../repository.mjs';

const JOBS = 4;
const IMAGES = 20;
const BUDGET = 1.15;

export const row = {
  name: 'Forty legs with dependencies',
  budget: `≤ ${BUDGET} × the lower bound: the critical path, or all work through ${JOBS} slots`,
  note: 'The legs are 20 images for two architectures, built by a `ko` that sleeps 0.3 to 0.9 s and whose images are in the registry before. All else is real: plan, scheduler, processes, logs, verification, indexes and tags.',
  measure: () => withRegistry(measureIn),
};

async function measureIn(dir, host) {
  const { cwd, env } = prepare(dir);
  const flags = ['--all', '--date', '20260101'];
  const hephy = (...args) => [process.execPath, bundle, ...args, ...flags];
  const [file, ...args] = hephy('plan', '--json');
  const plan = JSON.parse(execFileSync(file, args, { cwd }));
  let repository = 0;
  const measured = await sideBySide(
    {
      hephy: async () => {
        repository += 1;
        await pushLegs(host, `run-${repository}`, plan);
        return time(hephy('build', '--jobs', `${JOBS}`, '--registry', `${host}/run-${repository}`), {
          cwd,
          env,
        });
      },
    },
    { runs: 5, warmup: 1 },
  );
  const bound = lowerBound(plan);
  const ratio = measured.hephy.median / Math.max(bound.path, bound.work);
  return {
    verdict: `${ratio.toFixed(3)} ×: ${ratio <= BUDGET ? 'met' : 'missed'}`,
    figures: {
      '`hephy build`': measured.hephy,
      'critical path': `${bound.path} ms`,
      [`all work / ${JOBS}`]: `${bound.work} ms`,
    },
  };
}

/** Each image from the fourth on is built on one or two before it: a lattice, four or five deep. */
function prepare(dir) {
  const cwd = join(dir, 'repository');
  for (let index = 0; index < IMAGES; index += 1) {
    const on = index < 4 ? [] : [...new Set([index - 4, Math.floor(index / 2)])];
    mkdirSync(join(cwd, `${index}`), { recursive: true });
    const config = {
      name: nameOf(index),
      build_backend: 'ko',
      depends_on: on.map(nameOf),
      additional_tags: ['latest'],
    };
    writeFileSync(join(cwd, `${index}/build-config.yaml`), JSON.stringify(config));
    writeFileSync(join(cwd, `${index}/go.mod`), `module example.com/${index}\n`);
  }
  commitAll(cwd);
  mkdirSync(join(dir, 'bin'));
  symlinkSync(program('sleeping-ko'), join(dir, 'bin/ko'));
  return { cwd, env: { ...process.env, PATH: `${dir}/bin:${process.env.PATH}` } };
}

/** Nothing the scheduler could guess: lengths go up and down, and the longest chain is not the one with most links. */
function nameOf(index) {
  return `leg-${index}-${300 + ((index * 370) % 630)}ms`;
}

function sleepOf(name) {
  return Number(/(\d+)ms$/.exec(name)[1]);
}

function lowerBound({ images }) {
  const ends = new Map();
  const endOf = (name) => {
    const { dependsOn } = images.find((image) => image.name === name);
    if (!ends.has(name)) ends.set(name, sleepOf(name) + Math.max(0, ...dependsOn.map(endOf)));
    return ends.get(name);
  };
  const path = Math.max(...images.map(({ name }) => endOf(name)));
  const total = images.reduce((sum, { name, legs }) => sum + sleepOf(name) * legs.length, 0);
  return { path, work: total / JOBS };
}

async function pushLegs(host, repository, { images, run }) {
  const client = createClient(host);
  const legs = images.flatMap((image) => image.legs);
  for (const platform of ['linux/amd64', 'linux/arm64']) {
    const tags = legs.filter((leg) => leg.platform === platform).map(({ tag }) => tag);
    const labels = { 'org.opencontainers.image.revision': run.sha };
    await pushImage(client, repository, { platform, labels, tags });
  }
  client.close();
}
