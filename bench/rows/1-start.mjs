import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ms, sideBySide, time } from '../measure.mjs';
import { bundle } from '../paths.mjs';

export const row = {
  name: 'Start of the bundle',
  budget: '≤ 80 ms over `node -e 0`; bundle ≤ 3 MB',
  async measure() {
    const node = process.execPath;
    const measured = await sideBySide({
      node: () => time([node, '-e', '0']),
      version: () => time([node, bundle, '--version']),
      schema: () => time([node, bundle, 'schema']),
      github: () => onGithub((env) => time([node, bundle], { env })),
    });
    const over = measured.schema.median - measured.node.median;
    const size = statSync(bundle).size / 1e6;
    return {
      verdict: `${ms(over)} over node, ${size.toFixed(2)} MB: ${over <= 80 && size <= 3 ? 'met' : 'missed'}`,
      figures: {
        '`node -e 0`': measured.node,
        '`hephy --version`': measured.version,
        '`hephy schema`: configuration code loaded, its schema made and printed': measured.schema,
        'as an action on GitHub, `step: schema`: the same, @actions/core loaded, inputs read, state saved':
          measured.github,
        bundle: `${size.toFixed(2)} MB`,
      },
    };
  },
};

/** As the runner starts a step: no arguments, inputs in the environment, files for what the step hands back. */
function onGithub(run) {
  const directory = mkdtempSync(join(tmpdir(), 'hephy-bench-'));
  const files = ['state', 'output', 'summary'].map((name) => {
    const path = join(directory, name);
    writeFileSync(path, '');
    return [`GITHUB_${name === 'summary' ? 'STEP_SUMMARY' : name.toUpperCase()}`, path];
  });
  const runner = { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: directory, RUNNER_TEMP: directory };
  const env = { PATH: process.env.PATH, ...runner, ...Object.fromEntries(files), INPUT_STEP: 'schema' };
  try {
    return run(env);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
