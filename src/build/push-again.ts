import type { HephyError } from '../errors.ts';
import { realPace, type Pace } from '../system/http/retry.ts';

/** Before the second and the third attempt. */
const PAUSES_MS = [2_000, 10_000];

/** What a registry, or the network before it, says when the same may succeed a little later. */
const TRANSIENT =
  /\b(408|429|500|502|503|504)\b|\bUNAVAILABLE\b|TOOMANYREQUESTS|too many requests|\bEOF\b|connection reset|broken pipe|timeout|timed out|service unavailable|bad gateway/i;
/** Nothing of this passes by itself. */
const LASTING = /connection refused|no such host|x509|certificate|HTTP response to HTTPS client/i;

export interface Attempts {
  readonly signal: AbortSignal;
  /** The failure of an attempt, as far as it is known. */
  problemOf(error: unknown): HephyError | undefined;
  /** KnownFingerprint before each pause. */
  onAgain(problem: HephyError): void;
  readonly pace?: Pick<Pace, 'sleep' | 'now'>;
}

/**
 * Runs a tool again whose registry failed for a while: tools give up after a second or two. Building again is safe, as
 * the same inputs go to the same tag, and cheap, as the layers are there.
 */
export async function pushAgain<T>(run: () => Promise<T>, attempts: Attempts): Promise<T> {
  const now = attempts.pace?.now ?? Date.now;
  for (const pause of PAUSES_MS) {
    const started = now();
    try {
      return await run();
    } catch (error) {
      const problem = attempts.problemOf(error);
      if (problem === undefined || attempts.signal.aborted) throw error;
      if (!isTransient(problem) && !mayHaveExpired(problem, now() - started)) throw error;
      attempts.onAgain(problem);
      await (attempts.pace ?? realPace).sleep(pause, attempts.signal);
    }
  }
  return run();
}

/** A tool reads its login when it starts, and a cloud's ends while it works; the next attempt finds the renewed one. */
const LONG_MS = 15 * 60_000;

function mayHaveExpired({ code }: HephyError, elapsedMs: number): boolean {
  return code === 'REGISTRY_AUTH' && elapsedMs > LONG_MS;
}

export function isTransient({ code, message }: Pick<HephyError, 'code' | 'message'>): boolean {
  return code === 'REGISTRY_UNAVAILABLE' && TRANSIENT.test(message) && !LASTING.test(message);
}
