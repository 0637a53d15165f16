// What builds Dockerfiles where the measurements run: a buildkitd that they start, and kaniko's image where it is present.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { time } from './measure.mjs';
import { tool } from './paths.mjs';

const KANIKO_IMAGE = 'martizih/kaniko:v1.28.3-debug';
const TRIES = 100;

export function hasKaniko() {
  return spawnSync('docker', ['image', 'inspect', KANIKO_IMAGE]).status === 0;
}

/** The client of the container engine. */
export function dockerPath() {
  return (process.env.PATH ?? '')
    .split(':')
    .map((dir) => join(dir, 'docker'))
    .find((path) => existsSync(path));
}

/** A buildkitd of its own, as root and with runc, gone with all its layers afterwards: `measureWith({address, prune})`. */
export async function withBuildkitd(measureWith) {
  const dir = mkdtempSync(join(tmpdir(), 'hephy-bench-buildkitd-'));
  const address = `unix://${dir}/buildkitd.sock`;
  const flags = ['--oci-worker-binary', 'runc', '--oci-worker-net', 'host', '--containerd-worker=false'];
  const child = spawn(tool('buildkitd'), [...flags, '--root', join(dir, 'root'), '--addr', address], {
    env: { PATH: `${process.env.PATH}:/usr/sbin`, HOME: dir },
    stdio: ['ignore', 'ignore', openSync(join(dir, 'log'), 'w')],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const buildctl = (...args) => [tool('buildctl'), '--addr', address, ...args];
  try {
    await untilReady(child, buildctl('--timeout', '1', 'debug', 'workers'), join(dir, 'log'));
    return await measureWith({ address, prune: () => time(buildctl('prune', '--all')) });
  } finally {
    child.kill();
    await ended;
    rmSync(dir, { recursive: true, force: true });
  }
}

async function untilReady(child, [file, ...args], log) {
  for (let tries = 0; tries < TRIES && child.exitCode === null; tries += 1) {
    if (spawnSync(file, args).status === 0) return;
    await setTimeout(100);
  }
  throw new Error(`buildkitd did not start:\n${readFileSync(log, 'utf8')}`);
}
