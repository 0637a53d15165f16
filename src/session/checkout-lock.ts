import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { HephyError } from '../errors.ts';
import { cacheDir } from '../system/files/cache-dir.ts';
import { withLock } from '../system/files/lock.ts';
import type { Invoked } from './invoked.ts';

/**
 * Only one run at a time writes to a checkout. The whole checkout may be the context of an image, so a build keeps
 * files of hephy-builder out of it; a second run would add its logs meanwhile. For the same reason the lock is elsewhere.
 */
export async function aloneInCheckout<T>(
  root: string,
  { env, signal, output }: Pick<Invoked, 'env' | 'signal' | 'output'>,
  work: () => Promise<T>,
): Promise<T> {
  let started = false;
  async function start(): Promise<T> {
    started = true;
    return work();
  }
  function announce(pid: number | undefined): void {
    const holder = pid === undefined ? '' : ` (process ${pid})`;
    output.info(`Another hephy${holder} is using this checkout: waiting until it ends.`);
  }
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  try {
    return await withLock(join(cacheDir(env), 'checkouts', `${name}.lock`), start, {
      signal,
      onWait: announce,
    });
  } catch (error) {
    // A cache directory that is not writable does not stop a build.
    if (started || error instanceof HephyError) throw error;
    return work();
  }
}
