// How every row is measured: the commands take turns, so that a machine that slows down slows all of them.
import { spawnSync } from 'node:child_process';

/** One run of a program; fails loudly, because a time of something that did not work means nothing. */
export function time(command, options = {}) {
  const [file, ...args] = command;
  const started = performance.now();
  const done = spawnSync(file, args, { stdio: ['ignore', 'ignore', 'pipe'], maxBuffer: 1 << 28, ...options });
  const elapsed = performance.now() - started;
  if (done.status !== 0) throw new Error(`${command.join(' ')}: ${done.error ?? done.stderr}`);
  return elapsed;
}

/** `contenders`: name → function that runs once and answers its milliseconds. Answers name → median and spread. */
export async function sideBySide(contenders, { runs = 11, warmup = 2 } = {}) {
  const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = -warmup; round < runs; round += 1) {
    for (const [name, run] of Object.entries(contenders)) {
      const elapsed = await run();
      if (round >= 0) times[name].push(elapsed);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, summarize(list)]));
}

function summarize(list) {
  const sorted = [...list].sort((a, b) => a - b);
  return {
    median: sorted[Math.floor(sorted.length / 2)],
    min: sorted[0],
    max: sorted.at(-1),
    runs: sorted.length,
  };
}

export function ms(value) {
  return value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(0)} ms`;
}

export function shown({ median, min, max }) {
  return `${ms(median)} (${ms(min)}–${ms(max)})`;
}
