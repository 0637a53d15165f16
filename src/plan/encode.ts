import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { HephyError } from '../errors.ts';
import { isBackendId } from '../backends/index.ts';
import { Plan, type PlanLeg } from '../domain/plan.ts';

/**
 * A job output reaches the next step as an input, an input is an environment variable, and Linux starts no program with
 * one of more than 128 KiB, name and all.
 */
const LONGEST_PLAIN = 100_000;
const LONGEST_PACKED = 128 * 1024 - 256;
const MARKER = 'brotli:';
/** More than the plan of any real repository, and less than what a hostile one could unpack to. */
const LARGEST_BYTES = 256 * 1024 * 1024;

/** The plan as one line of text, for a job output; packed where it is long. */
export function encodePlan(plan: Plan): string {
  const json = JSON.stringify(plan);
  if (Buffer.byteLength(json) <= LONGEST_PLAIN) return json;
  const packed = MARKER + pack(JSON.stringify(withoutFingerprints(plan)));
  if (packed.length <= LONGEST_PACKED) return packed;
  throw new HephyError(
    'PLAN_TOO_LARGE',
    `the plan of ${plan.images.length} images is too large to be passed to the next job`,
    {
      hint: 'Build the images in several runs: select some in a manual run (input images), or set a different ignore in each workflow.',
    },
  );
}

/** Reads what `encodePlan` or `hephy plan --json` wrote. */
export function decodePlan(text: string): Plan {
  const trimmed = text.trim();
  const parsed = Plan.safeParse(parseJson(trimmed.startsWith(MARKER) ? unpack(trimmed) : trimmed));
  if (parsed.success) return requireBackends(parsed.data);
  const [issue] = parsed.error.issues;
  throw invalid(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a plan'}`, parsed.error);
}

function requireBackends(plan: Plan): Plan {
  const odd = plan.images.find(({ backend }) => !isBackendId(backend));
  if (odd === undefined) return plan;
  throw invalid(`image ${odd.name} has the unknown backend ${odd.backend}`, undefined);
}

/** Hashes are what cannot be packed. Who builds a leg takes its fingerprint anew, so they need not travel. */
function withoutFingerprints(plan: Plan): Plan {
  const strip = ({ fingerprint: _dropped, ...leg }: PlanLeg): PlanLeg => leg;
  return { ...plan, images: plan.images.map((image) => ({ ...image, legs: image.legs.map(strip) })) };
}

function pack(json: string): string {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 24 };
  return brotliCompressSync(json, { params }).toString('base64');
}

function unpack(text: string): string {
  try {
    const bytes = Buffer.from(text.slice(MARKER.length), 'base64');
    return brotliDecompressSync(bytes, { maxOutputLength: LARGEST_BYTES }).toString('utf8');
  } catch (cause) {
    throw invalid('it cannot be decompressed', cause);
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
    hint: 'Create it with the same version: hephy plan --json',
  });
}
