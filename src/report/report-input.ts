import type { Plan } from '../domain/plan.ts';
import type { RunResult } from '../domain/result.ts';

/** Which part of a run is told of: on CI platforms it is spread over jobs, and each has a page of its own. */
export type Step = 'prepare' | 'build' | 'manifest' | 'all';

export interface ReportInput {
  readonly plan: Plan;
  /** Null before the build: the plan alone. */
  readonly run: RunResult | null;
  readonly step: Step;
  /** Of the step `build`: the job of the plan whose legs it built. */
  readonly job?: string | undefined;
  /** The redactor's: a report does not pass through the output, and once escaped a secret is not found any more. */
  readonly redact: (text: string) => string;
}

export type Escape = (text: string) => string;
