import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { SpinError } from './spin-error.mjs';

const WASM = 'application/vnd.wasm.content.layer.v1+wasm';
const DATA = 'application/vnd.wasm.content.layer.v1+data';
const LOCKED = 'application/vnd.fermyon.spin.application.v1+config';
const INLINE_BYTES = 128;

/** The layers of an application and its config, as Spin makes them from what lies on disk. */
export function assembleApplication({ path, application, components }, directory) {
  const place = { path, directory };
  const layers = [];
  const locked = {
    spin_lock_version: 1,
    metadata: { name: application.name, version: application.version ?? '0.1.0' },
    triggers: components.map(({ id }) => ({ id: `trigger-${id}`, trigger_type: 'http', trigger_config: {} })),
    components: components.map((component) => lockComponent(component, place, layers)),
  };
  const last = describe(Buffer.from(JSON.stringify(locked)), LOCKED);
  const unique = [...new Map([...layers, last].map((layer) => [layer.digest, layer])).values()];
  return { layers: unique, config: configOf(last.digest) };
}

export function describe(bytes, mediaType) {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  return { bytes, mediaType, digest, size: bytes.length };
}

function configOf(lockedDigest) {
  const config = {
    architecture: 'wasm',
    os: 'Wasip1',
    config: { Labels: { 'com.fermyon.spin.lockedAppDigest': lockedDigest } },
    rootfs: { type: 'layers', diff_ids: [] },
  };
  return describe(Buffer.from(JSON.stringify(config)), 'application/vnd.oci.image.config.v1+json');
}

function lockComponent({ id, source, files = [] }, place, layers) {
  const wasm = describe(readWasm({ id, source }, place), WASM);
  layers.push(wasm);
  const content = { content_type: 'application/wasm', digest: wasm.digest };
  return { id, source: content, files: files.flatMap((file) => lockFiles(file, place.directory, layers)) };
}

function readWasm({ id, source }, { path, directory }) {
  const file = join(directory, source);
  if (!existsSync(file)) {
    throw new SpinError(
      `Failed to load Spin app from "${path}"`,
      `Failed to load component \`${id}\``,
      `Failed to load Wasm source ${source}`,
      `Couldn't resolve \`${file}\``,
      'No such file or directory (os error 2)',
    );
  }
  const bytes = readFileSync(file);
  if (bytes.subarray(0, 4).toString('latin1') === '\0asm') return bytes;
  throw new SpinError(`Component ${id} source is not a valid .wasm file`);
}

/** Small files stand in the locked application alone. */
function lockFiles({ source, destination }, directory, layers) {
  const root = join(directory, source);
  return listFiles(root).map((path) => {
    const layer = describe(readFileSync(path), DATA);
    const inline = layer.size <= INLINE_BYTES ? { inline: layer.bytes.toString('base64') } : {};
    if (layer.size > INLINE_BYTES) layers.push(layer);
    return { path: join(destination, relative(root, path)), digest: layer.digest, ...inline };
  });
}

function listFiles(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => listFiles(join(path, name)));
}
