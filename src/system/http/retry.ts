import { HephyError } from '../../errors.ts';

/** Time and randomness, so that tests need not wait. */
export interface Pace {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 up to, not including, 1. */
  random(): number;
}

export const realPace: Pace = { now: Date.now, sleep, random: Math.random };

export interface RetryPolicy {
  readonly attempts: number;
  readonly baseMs: number;
  /** The longest pause, even if a server requests a longer one. */
  readonly maxMs: number;
  /** No attempt starts later than this after the first one. */
  readonly deadlineMs: number;
}

export const DEFAULT_POLICY: RetryPolicy = {
  attempts: 6,
  baseMs: 250,
  maxMs: 60_000,
  deadlineMs: 300_000,
};

export type Attempt<T> =
  | { readonly value: T }
  | { readonly failure: Error; readonly again: boolean; readonly afterMs?: number | undefined };

export interface RetryOptions {
  readonly policy: RetryPolicy;
  readonly pace: Pace;
  readonly signal?: AbortSignal | undefined;
}

/** Retries until success. Throws the last failure if it is permanent, or if attempts or time are used up. */
export async function retry<T>(run: () => Promise<Attempt<T>>, options: RetryOptions): Promise<T> {
  const { policy, pace, signal } = options;
  const deadline = pace.now() + policy.deadlineMs;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await run();
    if ('value' in outcome) return outcome.value;
    const pause = pauseBefore(attempt, outcome.afterMs, options);
    const late = attempt >= policy.attempts || pace.now() + pause > deadline;
    if (!outcome.again || late) throw outcome.failure;
    await pace.sleep(pause, signal);
  }
}

/** Doubles each time; the jitter keeps many clients that failed together from coming back together. */
function pauseBefore(attempt: number, afterMs: number | undefined, { policy, pace }: RetryOptions): number {
  const backoff = policy.baseMs * 2 ** (attempt - 1) * (0.5 + pace.random());
  return Math.min(Math.max(afterMs ?? 0, backoff), policy.maxMs);
}

/** https://www.rfc-editor.org/rfc/rfc9110#name-retry-after: seconds or a date. Invalid values are ignored. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  if (!/GMT$/.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    function stop(): void {
      clearTimeout(timer);
      reject(new HephyError('CANCELLED', 'interrupted while waiting to try again'));
    }
    function finish(): void {
      signal?.removeEventListener('abort', stop);
      resolve();
    }
    const timer = setTimeout(finish, ms);
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
  });
}
