import { AsyncLocalStorage } from 'node:async_hooks';
import { type Env, lendEnv } from '../env.ts';

export interface ToolkitCall {
  /** All that the package sees of the environment. */
  readonly env: Env;
  /** Receives what the package would print. */
  readonly write: (text: string) => void;
}

const writers = new AsyncLocalStorage<ToolkitCall['write']>();
let isDiverted = false;

/**
 * The one way to call a package of GitHub's toolkit (@actions/…): they read `process.env` and print to `process.stdout`,
 * past our redaction and into what a command was asked to print. Here both are given by the caller instead, until `act`
 * is done; everything outside of the call prints as before. A package is imported inside `act`, when it is used.
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
      // What the caller's writer prints itself is no longer the package's.
      writers.exit(() => write(textOf(args[0])));
      return true;
    },
  });
}

function textOf(chunk: Uint8Array | string): string {
  return typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
}
