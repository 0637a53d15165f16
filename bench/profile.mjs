// Where the milliseconds of a run go, by V8's own sampling: for a row whose budget is missed.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, ms, time } from './measure.mjs';

/** `phases`: what is shown → the functions whose time, with all that they call, it is. Medians of a few runs. */
export function profile(script, phases, { runs = 5, ...options } = {}) {
  const rounds = Array.from({ length: runs }, () => profileOnce(script, options));
  const entries = Object.entries(phases).map(([shown, names]) => {
    const times = rounds.map((samples) => timeIn(samples, new Set(names)));
    if (Math.max(...times) === 0) throw new Error(`no function is called ${names.join(' or ')} any more`);
    return [`profile: ${shown}`, ms(median(times))];
  });
  return Object.fromEntries(entries);
}

function profileOnce(script, options) {
  const dir = mkdtempSync(join(tmpdir(), 'hephy-bench-profile-'));
  try {
    time(
      [process.execPath, '--cpu-prof', '--cpu-prof-interval', '250', '--cpu-prof-dir', dir, ...script],
      options,
    );
    return JSON.parse(readFileSync(join(dir, readdirSync(dir)[0]), 'utf8'));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function timeIn({ nodes, samples, timeDeltas }, names) {
  const inside = new Set();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const visit = (node, within) => {
    const here = within || names.has(node.callFrame.functionName);
    if (here) inside.add(node.id);
    for (const child of node.children ?? []) visit(byId.get(child), here);
  };
  visit(nodes[0], false);
  return samples.reduce((sum, id, at) => sum + (inside.has(id) ? timeDeltas[at] : 0), 0) / 1000;
}
