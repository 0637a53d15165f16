// The very call that a run of hephy makes, to be repeated by itself: what is between the two is hephy's own.
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { time } from './measure.mjs';
import { program } from './paths.mjs';

/** The tool on PATH keeps its call and its times, and runs `real`. */
export function createRecorder(dir, name, real) {
  const here = join(dir, `recorded-${name}`);
  const temporary = join(here, 'tmp');
  mkdirSync(temporary, { recursive: true });
  symlinkSync(program('record-tool'), join(here, name));
  symlinkSync(real, join(here, `real-${name}`));
  const read = (file) => readFileSync(join(here, file), 'utf8');
  const listOf = (file) => read(file).split('\0').slice(0, -1);
  // The leg's own directory is gone when it is built: its copy stands in for it.
  const moved = (text) => text.replace(/[^=,:]*\/hephy-run-[\w-]+\/leg-\w+/g, join(here, 'again'));
  return {
    /** Answers how long hephy was at work before its tool, and after it. */
    run(command, { env, ...options }) {
      const started = Date.now();
      time(command, { ...options, env: { ...env, TMPDIR: temporary, PATH: `${here}:${env.PATH}` } });
      return { before: Number(read('started')) - started, after: Date.now() - Number(read('ended')) };
    },
    repeat() {
      cpSync(join(here, 'scratch'), join(here, 'again'), { recursive: true, force: true });
      const env = listOf('env').map((line) => moved(line).split(/=(.*)/s, 2));
      return time([real, ...listOf('args').map(moved)], {
        cwd: read('cwd').trimEnd(),
        env: Object.fromEntries(env),
      });
    },
  };
}
