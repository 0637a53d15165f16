import { execFile } from 'node:child_process';
import { copyFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTempDir } from './git-repo.ts';
import { crane } from './go-shop.ts';
import { BUSYBOX } from './tool-cache.ts';

const run = promisify(execFile);
const APPLETS = ['sh', 'cat', 'echo', 'env', 'false', 'ls', 'mkdir', 'sleep', 'uname', 'wc'];

/** A base with a shell for both architectures, pushed to `reference`: nothing is pulled from anywhere. */
export async function pushBusybox(reference: string): Promise<void> {
  const parts: string[] = [];
  for (const arch of ['amd64', 'arm64'] as const) {
    const part = `${reference}-${arch}`;
    await crane('append', '--oci-empty-base', '--new_layer', await makeLayer(arch), '--new_tag', part);
    await crane('mutate', '--set-platform', `linux/${arch}`, '--tag', part, part);
    parts.push('--manifest', part);
  }
  await crane('index', 'append', ...parts, '--tag', reference);
}

async function makeLayer(arch: keyof typeof BUSYBOX): Promise<string> {
  const directory = await createTempDir();
  const root = join(directory, 'root');
  for (const name of ['bin', 'etc', 'tmp']) await mkdir(join(root, name), { recursive: true });
  await copyFile(BUSYBOX[arch], join(root, 'bin/busybox'));
  for (const name of APPLETS) await symlink('busybox', join(root, 'bin', name));
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\n');
  await writeFile(join(root, 'etc/group'), 'root:x:0:\n');
  const layer = join(directory, 'layer.tar');
  await run('tar', ['-C', root, '--owner=0', '--group=0', '-cf', layer, '.']);
  await rm(root, { recursive: true });
  return layer;
}
