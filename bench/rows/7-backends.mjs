// The same Go program by each backend that can build it, as a user runs them: cold, after an edit, and unchanged.
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { sideBySide, time } from '../measure.mjs';
import { pushBase, pushGo } from '../base-images.mjs';
import { hasKaniko, withBuildkitd } from '../builders.mjs';
import { createGoApp } from '../go-app.mjs';
import { withRegistry } from '../registry.mjs';

const TITLES = { ko: 'ko', buildkit: 'BuildKit', kaniko: 'kaniko' };

export const row = {
  name: 'The same Go program by each backend',
  budget: 'ko ≥ 3 × faster than kaniko, image ≥ 4 × smaller',
  note: '`hephy build` of examples/shop’s API for linux/amd64. ko builds the source. BuildKit and kaniko build a Dockerfile of two stages: the first compiles with a cache mount on an image of this machine’s Go, the second copies the program onto the base that ko has. All of these are in a registry in memory on loopback. Cold: Go’s build cache is empty, BuildKit’s store too, and the repository is new. A line changed: one number in one package, committed; what the build before left behind is there. Nothing changed: the same commit again.\n\nBoth budgets depend on what is compared. Cold, all of them compile Go’s standard library, which takes the most of it; after an edit kaniko does so again, because it keeps no cache mount and cannot use a layer. ko’s image is as large as that of two stages: it is a fraction of what one stage ships, which is the Dockerfile that many begin with.',
  measure: () => withRegistry((dir, host) => withBuildkitd((builder) => measureIn(dir, host, builder))),
};

async function measureIn(dir, host, builder) {
  const base = await pushBase(host);
  const app = createGoApp(dir, { host, base, go: pushGo(host, dir) });
  const bench = {
    dir,
    app,
    builder,
    env: { ...process.env, KO_DEFAULTBASEIMAGE: base, BUILDKIT_HOST: builder.address },
  };
  const backends = Object.keys(TITLES).filter((backend) => backend !== 'kaniko' || hasKaniko());
  const each = (measureOne) =>
    Object.fromEntries(backends.map((backend) => [backend, () => measureOne(backend, bench)]));
  const cold = await sideBySide(each(buildCold), { runs: 3, warmup: 0 });
  const edited = await sideBySide(each(buildEdited), { runs: 5, warmup: 1 });
  const unchanged = await sideBySide(each(buildAgain), { runs: 7, warmup: 1 });
  const sizes = Object.fromEntries(backends.map((backend) => [backend, sizeOf(backend, 'api', bench)]));
  const oneStage = sizeOf('buildkit', 'one', bench);
  const inColumns = (figures) => backends.map((backend) => figures[backend]);
  return {
    verdict: judge({ cold, edited, sizes, oneStage }),
    columns: backends.map((backend) => TITLES[backend]),
    figures: {
      'cold: no compiled package, no layer, nothing in the registry': inColumns(cold),
      'a line changed': inColumns(edited),
      'nothing changed': inColumns(unchanged),
      'the image, compressed': inColumns(sizes).map(megabytes),
      'the same of a Dockerfile with one stage': backends.map((backend) =>
        backend === 'ko' ? '–' : megabytes(oneStage),
      ),
    },
  };
}

/** Each figure with its own answer: cold and after an edit are two questions, and so are one stage and two. */
function judge({ cold, edited, sizes, oneStage }) {
  const told = (times, least, what) =>
    `${times.toFixed(1)} × ${what}${least === null ? '' : times >= least ? ' (met)' : ' (missed)'}`;
  const smaller = [
    told(oneStage / sizes.ko, 4, 'smaller than the image of one stage'),
    told(sizes.buildkit / sizes.ko, null, 'of that of two'),
  ];
  if (cold.kaniko === undefined) return `kaniko left out: its image is not here; ${smaller.join(', ')}`;
  const faster = ({ ko, kaniko }) => kaniko.median / ko.median;
  const quicker = [told(faster(cold), 3, 'cold'), told(faster(edited), 3, 'after an edit')];
  return `ko against kaniko: ${[...quicker, ...smaller].join(', ')}`;
}

let places = 0;
/** Where each backend built last: what it left in the registry is its cache. */
const repositories = {};
/** ko's caches are Go's. */
let goCache;

function run(backend, { app, env }, ...flags) {
  const command = app.build(repositories[backend], '--images', 'api', ...flags);
  return time(command, { cwd: app.cwd, env: { ...env, GOCACHE: goCache, HEPHY_BACKEND: `api=${backend}` } });
}

function buildCold(backend, bench) {
  repositories[backend] = `place-${(places += 1)}`;
  if (backend === 'ko') goCache = mkdtempSync(join(bench.dir, 'go-build-'));
  bench.builder.prune();
  return run(backend, bench);
}

let edits = 0;
function buildEdited(backend, bench) {
  bench.app.edit((edits += 1));
  return run(backend, bench);
}

function buildAgain(backend, bench) {
  return run(backend, bench);
}

function sizeOf(backend, image, { app, env }) {
  const [file, ...args] = app.build(`size-${backend}`, '--images', image, '--json');
  const options = { cwd: app.cwd, env: { ...env, HEPHY_BACKEND: `${image}=${backend}` } };
  const { images } = JSON.parse(execFileSync(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] }));
  return images[0].platforms[0].size;
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
