// Writes the checksums of the pinned releases into src/system/tools/tools.json: run it after a version was changed there, and
// compare what it writes with the checksums that the project itself publishes. Usage: node script/pin-tools.mjs [ko …]
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const file = join(dirname(dirname(fileURLToPath(import.meta.url))), 'src/system/tools/tools.json');
const mirror = process.env.HEPHY_TOOL_MIRROR?.replace(/\/+$/, '');
const pins = JSON.parse(readFileSync(file, 'utf8'));
const wanted = process.argv.slice(2);

async function hash(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return createHash('sha256')
    .update(Buffer.from(await response.arrayBuffer()))
    .digest('hex');
}

for (const [name, { version, release }] of Object.entries(pins)) {
  if (!release || (wanted.length > 0 && !wanted.includes(name))) continue;
  for (const asset of Object.values(release.assets)) {
    const path = release.path.replaceAll('{version}', version).replaceAll('{asset}', asset.name);
    asset.sha256 = await hash(`${mirror || (release.host ?? 'https://github.com')}/${path}`);
    process.stdout.write(`${asset.sha256}  ${path}\n`);
  }
}
writeFileSync(file, `${JSON.stringify(pins, null, 2)}\n`);
