import type { HephyError } from '../errors.ts';
import { realPace, type Pace } from '../system/http/retry.ts';

/** Before the second and the third attempt. */
const PAUSES_MS = [2_000, 10_000];

/** Messages of temporary failures of a registry or of the network: the same push may succeed a little later. */
const TRANSIENT =
  /\b(408|429|500|502|503|504)\b|\bUNAVAILABLE\b|TOOMANYREQUESTS|too many requests|\bEOF\b|connection reset|broken pipe|timeout|timed out|service unavailable|bad gateway/i;
/** Failures that are permanent. */
const LASTING = /connection refused|no such host|x509|certificate|HTTP response to HTTPS client/i;

export interface Attempts {
  readonly signal: AbortSignal;
  /** The failure of an attempt, as far as it is known. */
  problemOf(error: unknown): HephyError | undefined;
  /** Called before each pause. */
  onAgain(problem: HephyError): void;
  readonly pace?: Pick<Pace, 'sleep' | 'now'>;
}

/**
 * Runs a tool again if its registry failed temporarily: tools give up after a second or two. A second build is safe, as
 * the same inputs go to the same tag, and fast, as the layers exist.
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

/** A tool reads its login when it starts. A login of a cloud may expire meanwhile; the next attempt reads the renewed one. */
const LONG_MS = 15 * 60_000;

function mayHaveExpired({ code }: HephyError, elapsedMs: number): boolean {
  return code === 'REGISTRY_AUTH' && elapsedMs > LONG_MS;
}

export function isTransient({ code, message }: Pick<HephyError, 'code' | 'message'>): boolean {
  return code === 'REGISTRY_UNAVAILABLE' && TRANSIENT.test(message) && !LASTING.test(message);
}
