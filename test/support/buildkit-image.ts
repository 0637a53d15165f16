import { execFile } from 'node:child_process';
import { copyFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createTempDir } from './git-repo.ts';
import { BUILDCTL, BUILDKITD, BUSYBOX, RUNC } from './tool-cache.ts';

const run = promisify(execFile);

/** What docker prints; fails with its own words. */
export async function docker(...args: string[]): Promise<string> {
  return (await run('docker', args)).stdout.trim();
}

/** An image that is laid out as `moby/buildkit` is, of the programs that this machine has: nothing is pulled. */
export async function makeBuildkitImage(name: string): Promise<void> {
  const directory = await createTempDir();
  const root = join(directory, 'root');
  for (const path of ['etc', 'tmp', 'bin', 'usr/bin', 'root', 'run', 'var/lib']) {
    await mkdir(join(root, path), { recursive: true });
  }
  await copyFile(BUILDCTL, join(root, 'usr/bin/buildctl'));
  await copyFile(BUILDKITD, join(root, 'usr/bin/buildkitd'));
  await copyFile(RUNC, join(root, 'usr/bin/buildkit-runc'));
  await copyFile(BUSYBOX.amd64, join(root, 'bin/busybox'));
  await symlink('busybox', join(root, 'bin/sh'));
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  for (const library of await librariesOf(RUNC)) {
    await mkdir(join(root, dirname(library)), { recursive: true });
    await copyFile(library, join(root, library));
  }
  const archive = join(directory, 'root.tar');
  await run('tar', ['-C', root, '-cf', archive, '.']);
  await rm(root, { recursive: true });
  const changes = ['ENTRYPOINT ["buildkitd"]', 'ENV PATH=/usr/bin:/bin', 'VOLUME /var/lib/buildkit'];
  await docker('import', ...changes.flatMap((change) => ['--change', change]), archive, name);
  await rm(archive);
}

async function librariesOf(program: string): Promise<readonly string[]> {
  const { stdout } = await run('ldd', [program]);
  return stdout.split('\n').flatMap((line) => /(\/\S+) \(0x/.exec(line)?.[1] ?? []);
}
