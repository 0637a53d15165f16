import { existsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';

/**
 * Where tests put their checkouts. script/test names a directory on another file system than the temporary directory, as
 * machines with a tmpfs on /tmp have it.
 */
export function checkoutHome(): string {
  return process.env['HEPHY_TEST_CHECKOUTS'] || tmpdir();
}

/** A directory on another file system than the temporary directory. */
export function findOtherFileSystem(): string | undefined {
  return [checkoutHome(), '/dev/shm', '/var/tmp'].find(isElsewhere);
}

function isElsewhere(directory: string): boolean {
  return existsSync(directory) && statSync(directory).dev !== statSync(tmpdir()).dev;
}
