import { HephyErrors, toHephyError } from '../../errors.ts';
import type { Settled } from './pool.ts';

/** Throws the failures of independent work as one list. A cancellation or an internal error is thrown as it is. */
export function combineProblems(settled: readonly Settled<unknown>[]): void {
  const errors = settled.flatMap((outcome) => ('error' in outcome ? [outcome.error] : []));
  const problems = errors.flatMap((error) => {
    if (error instanceof HephyErrors) return error.problems;
    const problem = toHephyError(error);
    if (problem.code === 'CANCELLED' || problem.code === 'INTERNAL') throw error;
    return [problem];
  });
  if (problems.length > 0) throw new HephyErrors(problems);
}
