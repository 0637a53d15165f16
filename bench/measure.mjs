// How every row is measured: the commands take turns, so that a machine that slows down slows all of them.
import { spawnSync } from 'node:child_process';
import { untilQuiet } from './quiet.mjs';

/** One run of a program; fails loudly, because a time of something that did not work means nothing. */
export function time(command, options = {}) {
  const [file, ...args] = command;
  const started = performance.now();
  const done = spawnSync(file, args, { stdio: ['ignore', 'ignore', 'pipe'], maxBuffer: 1 << 28, ...options });
  const elapsed = performance.now() - started;
  if (done.status !== 0) throw new Error(`${command.join(' ')}: ${done.error ?? done.stderr}`);
  return elapsed;
}

/**
 * `contenders`: name → function that runs once and answers its milliseconds. Answers name → median and spread.
 * HEPHY_BENCH_RUNS=1 is for who writes a row and only wants to see it.
 */
export async function sideBySide(contenders, { runs: asked = 11, warmup = 2 } = {}) {
  const runs = Number(process.env.HEPHY_BENCH_RUNS ?? asked);
  const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = -warmup; round < runs; round += 1) {
    for (const [name, run] of Object.entries(contenders)) {
      await untilQuiet();
      const elapsed = await run();
      if (round >= 0) times[name].push(elapsed);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, summarize(list)]));
}

/** In milliseconds; a tenth of one is noise. */
function summarize(list) {
  const [middle, min, max] = [median(list), Math.min(...list), Math.max(...list)].map((value) =>
    Number(value.toFixed(1)),
  );
  return { median: middle, min, max, runs: list.length };
}

export function median(list) {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
}

export function ms(value) {
  return value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(0)} ms`;
}

/** A summary with its spread; what is text already stays as it is. */
export function shown(figure) {
  if (typeof figure === 'string') return figure;
  const { median, min, max } = figure;
  return `${ms(median)} (${ms(min)}–${ms(max)})`;
}
