// One leg, warm: `hephy build` against the very call of the tool that it makes, recorded once and then repeated by itself.
import { median, ms, sideBySide, time } from '../measure.mjs';
import { pushBase } from '../base-images.mjs';
import { dockerPath, hasKaniko, withBuildkitd } from '../builders.mjs';
import { createGoApp } from '../go-app.mjs';
import { tool } from '../paths.mjs';
import { createRecorder } from '../recorder.mjs';
import { withRegistry } from '../registry.mjs';

const BUDGET_MS = 150;
const SPLITS = 7;

export const row = {
  name: 'One leg',
  budget: `≤ ${BUDGET_MS} ms over the bare tool with the same flags and environment, both warm`,
  note: 'The bare contender repeats the very call that hephy made: the same arguments, environment and files, with the registry, the builder and the engine that hephy had. ko compiles what Go has in its cache; BuildKit and kaniko copy a directory onto a base, out of their caches.\n\nWhy it is missed: all of it but some 20 ms is spent before the tool starts, where nothing can run beside it. Of some 200 ms on a quiet machine, Node takes 45, compiling and running the bundle 60, six git processes in three steps 40, `go env` for the fingerprint (ko alone) 30, and configuration, plan and the questions to the registry the rest (a CPU profile and a trace of the processes of one run). What is left to gain is a start of git before the bundle is loaded whole, and Go asked while git answers.',
  measure: () => withRegistry((dir, host) => withBuildkitd((builder) => measureIn(dir, host, builder))),
};

async function measureIn(dir, host, { address }) {
  const base = await pushBase(host);
  const app = createGoApp(dir, { host, base });
  const env = { ...process.env, KO_DEFAULTBASEIMAGE: base, BUILDKIT_HOST: address };
  const tools = {
    ko: { title: 'ko', name: 'ko', real: tool('ko') },
    buildkit: { title: 'BuildKit', name: 'buildctl', real: tool('buildctl') },
    ...(hasKaniko() && { kaniko: { title: 'kaniko', name: 'docker', real: dockerPath() } }),
  };
  const contenders = Object.entries(tools).map(([backend, { name, real, ...rest }]) => {
    const recorder = createRecorder(dir, name, real);
    const command = app.build(`leg-${backend}`, '--images', 'api', '--rebuild');
    const options = { cwd: app.cwd, env: { ...env, HEPHY_BACKEND: `api=${backend}` } };
    recorder.run(command, options);
    return { ...rest, backend, recorder, command, options };
  });
  const measured = await sideBySide({
    node: () => time([process.execPath, '-e', '0']),
    ...Object.fromEntries(
      contenders.flatMap(({ backend, recorder, command, options }) => [
        [`${backend} bare`, () => recorder.repeat()],
        [backend, () => time(command, options)],
      ]),
    ),
  });
  const columns = contenders.map((contender) => describe(contender, measured));
  const over = columns.map((column) => column.over);
  return {
    verdict: `${columns.map((column) => `${ms(column.over)} over ${column.title}`).join(', ')}: ${Math.max(...over) <= BUDGET_MS ? 'met' : 'missed'}`,
    columns: columns.map(({ title }) => title),
    figures: {
      'the bare tool': columns.map(({ bare }) => bare),
      '`hephy build`: plan, the same call, the published image': columns.map(({ hephy }) => hephy),
      'between one and the other': columns.map((column) => ms(column.over)),
      'from the start of `hephy` to the start of the tool': columns.map(({ before }) => before),
      'from the end of the tool to the end of `hephy`': columns.map(({ after }) => after),
      '`node -e 0`, part of it': columns.map(() => measured.node),
    },
  };
}

function describe({ title, backend, recorder, command, options }, measured) {
  const splits = Array.from({ length: SPLITS }, () => recorder.run(command, options));
  const [bare, hephy] = [measured[`${backend} bare`], measured[backend]];
  return {
    ...{ title, bare, hephy, over: hephy.median - bare.median },
    before: ms(median(splits.map((split) => split.before))),
    after: ms(median(splits.map((split) => split.after))),
  };
}
