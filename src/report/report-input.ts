import type { Plan } from '../domain/plan.ts';
import type { RunResult } from '../domain/result.ts';

/** The part of a run that is reported: on CI platforms a run consists of several jobs, each with its own report. */
export type Step = 'prepare' | 'build' | 'manifest' | 'all';

export interface ReportInput {
  readonly plan: Plan;
  /** Null before the build; the report then shows only the plan. */
  readonly run: RunResult | null;
  readonly step: Step;
  /** In the step `build`: the job of the plan whose legs were built. */
  readonly job?: string | undefined;
  /** Redacts secrets before escaping: the output's redactor does not see reports, nor find a secret once escaped. */
  readonly redact: (text: string) => string;
}

export type Escape = (text: string) => string;
