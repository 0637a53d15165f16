import { legsOfOutput } from '../domain/planned-leg.ts';
import { parsePlatform, type Platform } from '../domain/platform.ts';
import type { Plan, PlanImage, PlanLeg, PlanOutput } from '../domain/plan.ts';
import type { ImageResult, LegResult } from '../domain/result.ts';
import { joinAll, type Joined, type JoinRequest } from '../registry/join.ts';
import type { Settled } from '../system/concurrency/pool.ts';
import type { Registries } from '../registry/repository.ts';
import { joinRepository } from '../plan/resolve-leg.ts';
import { toProblem } from '../errors.ts';
import type { Histories } from './histories.ts';
import { makeJoinRequest } from './join-request.ts';
import { openKeeper } from './tag-keeper.ts';

export interface Publication {
  readonly plan: Plan;
  readonly registries: Registries;
  /** `host/path`. */
  readonly registry: string;
  /** Undefined: additional tags are moved whatever they name (`--force`). */
  readonly histories: Histories | undefined;
  /** How the legs of this run ended; null: another run built them, and only the registry knows. */
  readonly legs: readonly LegResult[] | null;
}

interface Candidate {
  readonly image: PlanImage;
  readonly output: PlanOutput;
  readonly legs: readonly LegResult[];
}

/** Registries allow a few requests at a time before they say 429. */
const IMAGES_AT_ONCE = 8;

export interface Published {
  readonly images: readonly ImageResult[];
  readonly warnings: readonly string[];
}

/** Joins and tags every image of which all legs exist. The tags of other images do not move. */
export async function publish(publication: Publication): Promise<Published> {
  const candidates = listCandidates(publication);
  const whole = candidates.filter((candidate) => isWhole(publication, candidate));
  const requests = whole.map((candidate) => requestOf(publication, candidate));
  const started = performance.now();
  const joined = await joinAll(publication.registries, requests, IMAGES_AT_ONCE);
  const elapsed = Math.round(performance.now() - started);
  const images = candidates.map((candidate) => {
    const outcome = joined[whole.indexOf(candidate)];
    return outcome
      ? describeJoined(publication, candidate, { outcome, elapsed })
      : describeUnjoined(publication, candidate);
  });
  return { images, warnings: warnOfAliases(joined) };
}

/** One warning for all images: the cause is the same. */
function warnOfAliases(joined: readonly Settled<Joined>[]): readonly string[] {
  const [lost] = joined.flatMap((outcome) => ('value' in outcome ? outcome.value.lostAliases : []));
  return lost === undefined
    ? []
    : [`a later run will build again what this one built, as it could not be marked: ${lost.message}`];
}

/** The results of one job of several: its legs have the tags of their platforms until `manifest` joins them. */
export function describeBuilt(publication: Publication): readonly ImageResult[] {
  return listCandidates(publication)
    .filter(({ legs }) => legs.length > 0)
    .map((candidate) => describeUnjoined(publication, candidate));
}

/** The results of an interrupted run: nothing is published. */
export function describeInterrupted(publication: Publication): readonly ImageResult[] {
  return listCandidates(publication).map((candidate) => {
    const image = describeUnjoined(publication, candidate);
    return image.state === 'built' ? { ...image, state: 'cancelled', digest: null, platforms: [] } : image;
  });
}

/** Without images of which this run builds no leg (`--platform`). */
function listCandidates({ plan, legs }: Publication): readonly Candidate[] {
  return plan.images.flatMap((image) =>
    image.outputs.flatMap((output) => {
      const own = (legs ?? []).filter(({ id }) => output.legs.includes(id));
      const isHere = legs === null || own.length > 0 || output.existing !== undefined;
      return isHere ? [{ image, output, legs: own }] : [];
    }),
  );
}

function isWhole({ legs }: Publication, candidate: Candidate): boolean {
  if (legs === null) return true;
  const { output, legs: own } = candidate;
  return (
    own.length === output.legs.length && own.every(({ state }) => state === 'built' || state === 'unchanged')
  );
}

function requestOf(
  { registry, registries, plan, histories }: Publication,
  candidate: Candidate,
): JoinRequest {
  const { image, output } = candidate;
  const request = makeJoinRequest({ plan, registry, image, output });
  if (!histories) return request;
  const repository = registries.repository(request.repository, 'push');
  const keeper = openKeeper({ plan, image, output, repository, history: histories.of(image) });
  return { ...request, keeper };
}

interface Join {
  readonly outcome: Settled<Joined>;
  readonly elapsed: number;
}

function describeJoined(
  publication: Publication,
  candidate: Candidate,
  { outcome, elapsed }: Join,
): ImageResult {
  const base = describe(publication, candidate);
  if ('error' in outcome) return { ...base, state: 'failed', error: toProblem(outcome.error) };
  const { digest, platforms, tags, unmoved, problem } = outcome.value;
  const named = candidate.output.existing ? Object.keys(candidate.output.existing) : platformsOf(candidate);
  return {
    ...base,
    ...(problem === undefined
      ? { state: madeState(candidate) }
      : { state: 'failed', error: toProblem(problem) }),
    tags,
    unmoved,
    digest,
    durationMs: base.durationMs || elapsed,
    platforms: platforms.flatMap((joined, index) => {
      const platform = parsePlatform(named[index] ?? '');
      return platform === undefined ? [] : [{ platform, digest: joined.digest, size: joined.size }];
    }),
  };
}

function madeState(candidate: Candidate): ImageResult['state'] {
  return !candidate.output.existing && ownLegs(candidate).every(isUnchanged) ? 'unchanged' : 'built';
}

function platformsOf(candidate: Candidate): readonly Platform[] {
  return ownLegs(candidate).map(({ platform }) => platform);
}

function ownLegs({ image, output }: Candidate): readonly PlanLeg[] {
  return legsOfOutput(image, output);
}

function isUnchanged({ unchanged }: PlanLeg): boolean {
  return unchanged !== undefined;
}

/** If legs are left out (`--platform`), the built legs only have the tags of their platforms. */
function describeUnjoined(publication: Publication, candidate: Candidate): ImageResult {
  const base = describe(publication, candidate);
  const states = candidate.legs.map(({ state }) => state);
  const state = (['failed', 'cancelled', 'skipped'] as const).find((one) => states.includes(one));
  if (state !== undefined) return { ...base, state };
  const tags = candidate.legs.map(({ tag }) => tag);
  const platforms = candidate.legs.flatMap(({ platform, digest, size }) =>
    digest === null || size === null ? [] : [{ platform, digest, size }],
  );
  const made = states.every((one) => one === 'unchanged') ? 'unchanged' : 'built';
  return { ...base, state: made, tags, platforms, digest: candidate.legs[0]?.digest ?? null };
}

function describe({ registry, legs }: Publication, { image, output, legs: own }: Candidate): ImageResult {
  const because = own.flatMap((leg) => legs?.find(({ id }) => id === leg.because)?.image ?? []);
  return {
    name: output.name,
    image: image.name,
    backend: image.backend,
    state: 'skipped',
    repository: joinRepository(registry, output.repository),
    tags: output.tags,
    unmoved: [],
    digest: null,
    platforms: [],
    durationMs: Math.max(0, ...own.map(({ durationMs }) => durationMs)),
    because: [...new Set(because)],
    error: null,
  };
}
