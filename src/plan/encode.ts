import { gunzipSync, gzipSync } from 'node:zlib';
import { HephyError } from '../errors.ts';
import { Plan } from '../domain/plan.ts';

/** GitHub counts a job output in UTF-16 and stops at 1 MB; what else the job hands on must fit beside the plan. */
const LONGEST_PLAIN = 400_000;
const MARKER = 'gzip:';
/** More than the plan of any real repository, and less than what a hostile one could unpack to. */
const LARGEST_BYTES = 256 * 1024 * 1024;

/** The plan as one line of text, for a job output, an artifact or a variable; compressed where it is long. */
export function encodePlan(plan: Plan): string {
  const json = JSON.stringify(plan);
  return json.length <= LONGEST_PLAIN ? json : MARKER + gzipSync(json).toString('base64');
}

/** Reads what `encodePlan` or `hephy plan --json` wrote. */
export function decodePlan(text: string): Plan {
  const trimmed = text.trim();
  const parsed = Plan.safeParse(parseJson(trimmed.startsWith(MARKER) ? unpack(trimmed) : trimmed));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a plan'}`, parsed.error);
}

function unpack(text: string): string {
  try {
    const bytes = Buffer.from(text.slice(MARKER.length), 'base64');
    return gunzipSync(bytes, { maxOutputLength: LARGEST_BYTES }).toString('utf8');
  } catch (cause) {
    throw invalid('it cannot be unpacked', cause);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid('it is not JSON', cause);
  }
}

function invalid(what: string, cause: unknown): HephyError {
  return new HephyError('PLAN_INVALID', `the plan cannot be used: ${what}`, {
    cause,
    hint: 'Make it with the same version: hephy plan --json',
  });
}
