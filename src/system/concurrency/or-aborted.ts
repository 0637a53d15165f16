import { HephyError } from '../../errors.ts';

/** For work that cannot be stopped: returns its result, or rejects as soon as the run is interrupted. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined, message: string): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    function abort(): void {
      reject(new HephyError('CANCELLED', message));
    }
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
