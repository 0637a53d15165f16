import { HephyError } from '../errors.ts';

export interface Adviser {
  /** `host/path` that is pushed to. */
  readonly registry: string;
  readonly redact: (line: string) => string;
  /** What this platform, or this cloud, has to be told. */
  readonly loginHint: (host: string) => string | undefined;
}

/** A tool says which registry refused it, and only knows of `docker login`. What it says of other registries stays. */
export function adviseLogin(problem: HephyError, { registry, redact, loginHint }: Adviser): HephyError {
  const host = registry.split('/')[0] ?? '';
  const isOurs = problem.code === 'REGISTRY_AUTH' && problem.message.includes(redact(host));
  const hint = isOurs ? loginHint(host) : undefined;
  if (hint === undefined) return problem;
  const { code, message, at, cause } = problem;
  return new HephyError(code, message, { hint, cause, ...(at && { at }) });
}
