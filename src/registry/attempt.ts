import { HephyError } from '../errors.ts';
import { HttpFailure } from '../system/http/http-failure.ts';
import type { HttpResponse } from '../system/http/http.ts';
import { parseRetryAfter, retry, type Attempt, type RetryOptions } from '../system/http/retry.ts';
import {
  explainFailure,
  explainStatus,
  isTransientFailure,
  isTransientStatus,
  type Subject,
} from './failures.ts';

export interface RepeatableRequest {
  readonly subject: Subject;
  accepts(status: number): boolean;
  /** Throws REGISTRY_DIGEST if the response does not match its digest; such a request is repeated too. */
  verify?(response: HttpResponse): void;
  ask(): Promise<HttpResponse>;
}

/**
 * Repeats a request until the caller accepts the response, and turns everything else into one error. All requests to a
 * registry may be repeated: content is addressed by its digest, and a tag may be set twice.
 */
export function askRepeatedly(question: RepeatableRequest, options: RetryOptions): Promise<HttpResponse> {
  return retry(() => askOnce(question, options.pace.now()), options);
}

async function askOnce(question: RepeatableRequest, now: number): Promise<Attempt<HttpResponse>> {
  try {
    const response = await question.ask();
    if (!question.accepts(response.status)) return refused(question, response, now);
    question.verify?.(response);
    return { value: response };
  } catch (error) {
    return broken(question, error);
  }
}

function refused(question: RepeatableRequest, response: HttpResponse, now: number): Attempt<HttpResponse> {
  return {
    failure: explainStatus(response, question.subject),
    again: isTransientStatus(response.status),
    afterMs: parseRetryAfter(response.headers['retry-after'], now),
  };
}

function broken(question: RepeatableRequest, error: unknown): Attempt<HttpResponse> {
  if (error instanceof HttpFailure) {
    const again = isTransientFailure(error);
    return { failure: explainFailure(error, question.subject), again };
  }
  if (error instanceof HephyError && error.code === 'REGISTRY_DIGEST') {
    return { failure: error, again: true };
  }
  throw error;
}
