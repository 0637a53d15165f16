import { HephyError, HephyErrors } from '../../errors.ts';
import type { Settled } from './pool.ts';

/** Throws what failed of independent things as one list; an interruption, or a fault of ours, as it is. */
export function combineProblems(settled: readonly Settled<unknown>[]): void {
  const errors = settled.flatMap((outcome) => ('error' in outcome ? [outcome.error] : []));
  const problems = errors.flatMap((error) => {
    if (error instanceof HephyErrors) return error.problems;
    if (error instanceof HephyError && error.code !== 'CANCELLED') return [error];
    throw error;
  });
  if (problems.length > 0) throw new HephyErrors(problems);
}
