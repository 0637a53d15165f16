import { AsyncLocalStorage } from 'node:async_hooks';
import { type Env, lendEnv } from '../env.ts';

export interface ToolkitCall {
  /** The environment for the package. */
  readonly env: Env;
  /** Receives the output of the package. */
  readonly write: (text: string) => void;
}

const writers = new AsyncLocalStorage<ToolkitCall['write']>();
let isDiverted = false;

/**
 * The only way to call a package of GitHub's toolkit (@actions/…). These packages read `process.env` and print to
 * `process.stdout`, without our redaction and into the output of the command. Within `act`, the caller provides both
 * instead; code outside of the call prints as before. Import a package inside `act`, when it is used.
 */
export function callToolkit<T>({ env, write }: ToolkitCall, act: () => T): T {
  divertOutput();
  return writers.run(write, () => lendEnv(env, act));
}

function divertOutput(): void {
  if (isDiverted) return;
  isDiverted = true;
  process.stdout.write = new Proxy(process.stdout.write, {
    apply: (target, stream, args: Parameters<typeof process.stdout.write>) => {
      const write = writers.getStore();
      if (write === undefined) return Reflect.apply(target, stream, args);
      // Output of the caller's own writer is not redirected again.
      writers.exit(() => write(textOf(args[0])));
      return true;
    },
  });
}

function textOf(chunk: Uint8Array | string): string {
  return typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
}
