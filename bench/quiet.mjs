// Other programs' work must not be counted: a measurement begins when the machine has been idle for a moment.
import { cpus } from 'node:os';
import { setTimeout } from 'node:timers/promises';

const LOOK_MS = 150;
const IDLE = 0.85;
let patienceMs = 60_000;

/** Waits for it, but over all measurements of a run not longer than a minute: the spread then tells. */
export async function untilQuiet() {
  for (let before = read(); patienceMs > 0; patienceMs -= LOOK_MS) {
    await setTimeout(LOOK_MS);
    const now = read();
    if ((now.idle - before.idle) / (now.all - before.all) >= IDLE) return;
    before = now;
  }
}

function read() {
  const times = cpus().flatMap((cpu) => Object.values(cpu.times));
  const idle = cpus().reduce((sum, cpu) => sum + cpu.times.idle, 0);
  return { idle, all: times.reduce((sum, time) => sum + time, 0) };
}
