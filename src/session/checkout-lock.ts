import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { HephyError } from '../errors.ts';
import { cacheDir } from '../system/files/cache-dir.ts';
import { withLock } from '../system/files/lock.ts';
import type { Invoked } from './invoked.ts';

/**
 * One run at a time writes to a checkout. A build keeps all that is ours out of it, because it may be the context of an
 * image as a whole; a second run would put its logs there meanwhile. The lock is elsewhere for the same reason.
 */
export async function aloneInCheckout<T>(
  root: string,
  { env, signal, output }: Pick<Invoked, 'env' | 'signal' | 'output'>,
  work: () => Promise<T>,
): Promise<T> {
  let begun = false;
  async function begin(): Promise<T> {
    begun = true;
    return work();
  }
  function announce(pid: number | undefined): void {
    const holder = pid === undefined ? '' : ` (process ${pid})`;
    output.info(`Another hephy${holder} is using this checkout: waiting until it ends.`);
  }
  const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
  try {
    return await withLock(join(cacheDir(env), 'checkouts', `${name}.lock`), begin, {
      signal,
      onWait: announce,
    });
  } catch (error) {
    // A cache that cannot be written to does not stop a build.
    if (begun || error instanceof HephyError) throw error;
    return work();
  }
}
