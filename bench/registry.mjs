// A registry on a free loopback port, in a directory that goes with it, and the smallest client that can fill it.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { tool } from './paths.mjs';

const IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';

async function startRegistry() {
  const directory = mkdtempSync(join(tmpdir(), 'hephy-bench-registry-'));
  const config = {
    version: 0.1,
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { inmemory: {} },
    http: { addr: '127.0.0.1:0', secret: 'loopback' },
  };
  writeFileSync(join(directory, 'config.yml'), JSON.stringify(config));
  // Into a file: while a measured command runs, nobody here would read a pipe, and the registry would wait.
  const log = join(directory, 'log');
  const child = spawn(tool('registry'), ['serve', join(directory, 'config.yml')], {
    env: { HOME: directory },
    stdio: ['ignore', 'ignore', openSync(log, 'w')],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  return {
    host: `127.0.0.1:${await readPort(child, log)}`,
    async stop() {
      child.kill();
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function readPort(child, log) {
  for (;;) {
    const said = readFileSync(log, 'utf8');
    const port = /listening on 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
    if (port) return port;
    if (child.exitCode !== null) throw new Error(`the registry did not start:\n${said}`);
    await setTimeout(20);
  }
}

/** Requests over kept connections, and nothing else: no login, no retries, no checks but the status. */
export function createClient(host) {
  const agent = new Agent({ keepAlive: true });
  function send(method, path, { body, ...headers } = {}) {
    const url = path.startsWith('http:') ? path : `http://${host}/v2/${path}`;
    return new Promise((resolve, reject) => {
      const outgoing = request(url, { method, agent, headers }, async (incoming) => {
        const chunks = [];
        for await (const chunk of incoming) chunks.push(chunk);
        if (incoming.statusCode >= 400) return reject(new Error(`${method} ${url}: ${incoming.statusCode}`));
        resolve({ headers: incoming.headers, body: Buffer.concat(chunks) });
      });
      outgoing.on('error', reject).end(body);
    });
  }
  return { send, close: () => agent.destroy() };
}

export function digestOf(bytes) {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

async function pushBlob({ send }, repository, bytes) {
  const { headers } = await send('POST', `${repository}/blobs/uploads/`);
  const separator = headers.location.includes('?') ? '&' : '?';
  await send('PUT', `${headers.location}${separator}digest=${digestOf(bytes)}`, {
    body: bytes,
    'content-type': 'application/octet-stream',
  });
}

/** An image without layers, under as many tags as wanted; answers its descriptor. */
export async function pushImage(client, repository, { platform, labels = {}, tags }) {
  const [os, architecture] = platform.split('/');
  const rootfs = { type: 'layers', diff_ids: [] };
  const config = Buffer.from(JSON.stringify({ os, architecture, config: { Labels: labels }, rootfs }));
  await pushBlob(client, repository, config);
  const manifest = {
    schemaVersion: 2,
    mediaType: IMAGE,
    config: { mediaType: CONFIG, digest: digestOf(config), size: config.length },
    layers: [],
  };
  return { ...(await pushManifest(client, repository, { manifest, tags })), platform: { os, architecture } };
}

export function pushIndex(client, repository, { manifests, tags }) {
  const manifest = { schemaVersion: 2, mediaType: INDEX, manifests };
  return pushManifest(client, repository, { manifest, tags });
}

async function pushManifest({ send }, repository, { manifest, tags }) {
  const { mediaType } = manifest;
  const body = Buffer.from(JSON.stringify(manifest));
  for (const tag of tags) {
    await send('PUT', `${repository}/manifests/${tag}`, { body, 'content-type': mediaType });
  }
  return { mediaType, digest: digestOf(body), size: body.length };
}

/** Measures with a registry and a directory that are gone afterwards: `measureIn(dir, host)`. */
export async function withRegistry(measureIn) {
  const registry = await startRegistry();
  const dir = mkdtempSync(join(tmpdir(), 'hephy-bench-'));
  try {
    return await measureIn(dir, registry.host);
  } finally {
    await registry.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}
