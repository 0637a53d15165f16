import { HephyError } from '../errors.ts';
import { startLocalRegistry, stopLocalRegistry } from '../system/services/local-registry.ts';
import type { Invoked } from '../session/invoked.ts';

/** The registry on loopback, the default of `hephy build`. `start` prints its address, for scripts. */
export async function registry({ operands, env, output, signal }: Invoked): Promise<number> {
  const [action, ...rest] = operands;
  if (action === 'start' && rest.length === 0) {
    const { host } = await startLocalRegistry({ env, signal, onProgress: output.info });
    output.data(host);
    return 0;
  }
  if (action === 'stop' && rest.length === 0) {
    const host = await stopLocalRegistry(env);
    output.info(
      host === undefined
        ? 'No registry was running.'
        : `Stopped the registry on ${host}. Its images are kept.`,
    );
    return 0;
  }
  throw new HephyError('USAGE', `hephy registry requires start or stop, not "${operands.join(' ')}"`, {
    hint: 'hephy registry --help shows examples',
  });
}
