import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { createTempDir } from './git-repo.ts';

const run = promisify(execFile);

interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string }[];
}

const ACCEPT = 'application/vnd.oci.image.manifest.v1+json';

/** A file of an image on loopback, from the last layer that has it. */
export async function fileOf(reference: string, path: string): Promise<string> {
  const { layers } = await pull(reference);
  for (const layer of layers.reverse()) {
    const archive = join(await createTempDir(), 'layer.tar');
    await writeFile(archive, layer);
    const content = await run('tar', ['-xOf', archive, path]).catch(() => undefined);
    if (content !== undefined) return content.stdout;
  }
  throw new Error(`${reference} has no ${path}`);
}

/** All bytes that stand in an image: its manifest, its config and its layers, unpacked. */
export async function filesOf(reference: string): Promise<string> {
  const { manifest, config, layers } = await pull(reference);
  return [manifest, config, ...layers.map((layer) => layer.toString('latin1'))].join('\n');
}

interface Pulled {
  readonly manifest: string;
  readonly config: string;
  readonly layers: Buffer[];
}

/** A layer cache is an image as far as this goes. */
async function pull(reference: string): Promise<Pulled> {
  const [, host = '', name = '', tag = ''] = /^([^/]+)\/(.+):([^:/]+)$/.exec(reference) ?? [];
  const base = `http://${host}/v2/${name}`;
  const text = await (await fetch(`${base}/manifests/${tag}`, { headers: { accept: ACCEPT } })).text();
  const manifest: Manifest = JSON.parse(text);
  const blob = async (digest: string): Promise<Buffer> =>
    Buffer.from(await (await fetch(`${base}/blobs/${digest}`)).arrayBuffer());
  const layers = await Promise.all(manifest.layers.map(({ digest }) => blob(digest)));
  const config = await blob(manifest.config.digest);
  return {
    manifest: text,
    config: config.toString('utf8'),
    layers: layers.map((layer) => gunzipSync(layer)),
  };
}
