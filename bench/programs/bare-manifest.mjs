// The requests that publishing a plan's images needs, with none of the care. Called with HOST REPOSITORY PLAN.
import { readFileSync } from 'node:fs';
import { createClient } from '../registry.mjs';

const [host, repository, file] = process.argv.slice(2);
const { images } = JSON.parse(readFileSync(file, 'utf8'));
const { send, close } = createClient(host);
const INDEX = 'application/vnd.oci.image.index.v1+json';
const accept = 'application/vnd.oci.image.manifest.v1+json';

async function readChild({ tag, platform }) {
  const { headers, body } = await send('GET', `${repository}/manifests/${tag}`, { accept });
  const { mediaType, config } = JSON.parse(body);
  await send('GET', `${repository}/blobs/${config.digest}`);
  const [os, architecture] = platform.split('/');
  const digest = headers['docker-content-digest'];
  return { mediaType, digest, size: body.length, platform: { os, architecture } };
}

async function publish({ legs, outputs, annotations }) {
  const manifests = await Promise.all(legs.map(readChild));
  const body = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests, annotations }));
  const put = (tag) => send('PUT', `${repository}/manifests/${tag}`, { body, 'content-type': INDEX });
  const [first, ...others] = outputs[0].tags;
  await put(first);
  await Promise.all(others.map(put));
}

const queue = images.values();
async function work() {
  for (const image of queue) await publish(image);
}
await Promise.all(Array.from({ length: 8 }, work));
close();
