import { readdir, readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import type { Repository } from '../../src/registry/repository.ts';

/** Names of the secrets that stand in a text: as they are, encoded as logins are, or by their end. */
export function findLeaks(secrets: Readonly<Record<string, string>>, text: string): readonly string[] {
  const forms = Object.entries(secrets).flatMap(([name, secret]) => [
    [name, secret],
    [`${name} in base64`, Buffer.from(`user:${secret}`).toString('base64').slice(8, -4)],
    [`the end of ${name}`, secret.slice(6)],
  ]);
  return forms.flatMap(([name = '', form = '']) => (text.includes(form) ? [name] : []));
}

/** All bytes of what a tag names: manifests, configs with their history, layers unpacked. */
export async function readImage(repository: Repository, target: string): Promise<string> {
  const manifest = await repository.getManifest(target);
  const own = Buffer.from(manifest.bytes).toString('utf8');
  if (manifest.kind === 'index') {
    const digests = manifest.body.manifests.map(({ digest }) => digest);
    const parts = await Promise.all(digests.map((digest) => readImage(repository, digest)));
    return [own, ...parts].join('\n');
  }
  const { config, layers } = manifest.body;
  const blobs = await Promise.all([config, ...layers].map((blob) => repository.readBlob(blob)));
  return [own, ...blobs.map((blob) => unpack(Buffer.from(blob)).toString('latin1'))].join('\n');
}

function unpack(blob: Buffer): Buffer {
  return blob.readUInt16BE(0) === 0x1f8b ? gunzipSync(blob) : blob;
}

/** Contents and names of all files below a directory. */
export async function readTree(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`);
  const contents = await Promise.all(files.map((path) => readFile(path, 'latin1')));
  return files.map((path, index) => `${path}\n${contents[index] ?? ''}`).join('\n');
}
