import { existsSync, statSync } from 'node:fs';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Where tests put their checkouts. script/test names a directory on another file system than the temporary directory, as
 * machines with a tmpfs on /tmp have it.
 */
export function checkoutHome(): string {
  return process.env['HEPHY_TEST_CHECKOUTS'] || tmpdir();
}

/** A directory on another file system than the temporary directory; undefined where the machine has none. */
export async function createDirectoryElsewhere(): Promise<string | undefined> {
  const home = [checkoutHome(), '/dev/shm', '/var/tmp'].find(isElsewhere);
  return home && (await realpath(await mkdtemp(join(home, 'hephy-test-'))));
}

function isElsewhere(directory: string): boolean {
  return existsSync(directory) && statSync(directory).dev !== statSync(tmpdir()).dev;
}
