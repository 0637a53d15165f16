import { HephyError } from '../errors.ts';

export interface Adviser {
  /** `host/path` that the run pushes to. */
  readonly registry: string;
  readonly redact: (line: string) => string;
  /** Advice for this CI platform, or for this cloud. */
  readonly loginHint: (host: string) => string | undefined;
}

/** Tools only suggest `docker login`: for the run's own registry, replaces their hint with one for this platform. */
export function adviseLogin(problem: HephyError, { registry, redact, loginHint }: Adviser): HephyError {
  const host = registry.split('/')[0] ?? '';
  const isOurs = problem.code === 'REGISTRY_AUTH' && problem.message.includes(redact(host));
  const hint = isOurs ? loginHint(host) : undefined;
  if (hint === undefined) return problem;
  const { code, message, at, cause } = problem;
  return new HephyError(code, message, { hint, cause, ...(at && { at }) });
}
