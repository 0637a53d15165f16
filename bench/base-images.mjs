// The images that others stand on, made of what this machine has: nothing is pulled, and all contenders get the same.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { cacheOf, tool } from './paths.mjs';
import { createClient, pushImage, pushIndex } from './registry.mjs';

/** An empty image for both architectures, as script/try makes one with crane. */
export async function pushBase(host) {
  const client = createClient(host);
  const manifests = [];
  for (const arch of ['amd64', 'arm64']) {
    manifests.push(await pushImage(client, 'base', { platform: `linux/${arch}`, tags: [arch] }));
  }
  await pushIndex(client, 'base', { manifests, tags: ['latest'] });
  client.close();
  return `${host}/base:latest`;
}

/** What `golang:alpine` is to a Dockerfile: a shell, and this machine's Go. Some 80 MB to pull, 270 MB unpacked. */
export function pushGo(host, dir) {
  const goroot = execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim();
  const root = join(dir, 'go-image');
  for (const path of ['bin', 'tmp', 'etc', 'root', 'usr/local']) {
    mkdirSync(join(root, path), { recursive: true });
  }
  copyFileSync(busybox(), join(root, 'bin/busybox'));
  for (const name of ['sh', 'mkdir', 'cat', 'ls', 'rm']) symlinkSync('busybox', join(root, 'bin', name));
  const layer = join(dir, 'go-image.tar');
  const owned = ['--owner=0', '--group=0', '-cf', layer];
  execFileSync('tar', ['-C', root, ...owned, '.']);
  const below = ['--transform', 's,^,usr/local/go/,S', '--exclude=testdata', '--exclude=*_test.go'];
  const parts = ['bin', 'pkg', 'src', 'lib', 'go.env', 'VERSION'];
  execFileSync('tar', ['-C', goroot, ...owned.slice(0, 2), ...below, '-rf', layer, ...parts]);
  const reference = `${host}/go:latest`;
  const crane = (...args) => execFileSync(tool('crane'), args, { stdio: ['ignore', 'ignore', 'pipe'] });
  crane('append', '--oci-empty-base', '--new_layer', layer, '--new_tag', reference);
  const environment = ['PATH=/usr/local/go/bin:/bin', 'GOTOOLCHAIN=local', 'GOPATH=/go', 'HOME=/root'];
  const env = environment.flatMap((assignment) => ['--env', assignment]);
  crane('mutate', '--set-platform', 'linux/amd64', ...env, '--tag', reference, reference);
  return reference;
}

function busybox() {
  const path = join(cacheOf(), 'tools/busybox/amd64/busybox');
  if (!existsSync(path)) throw new Error(`${path} is missing: script/get-busybox`);
  return path;
}
