import { backendOf } from '../backends/index.ts';
import { FINGERPRINT_LABEL, fingerprintTag, parseFingerprint } from '../domain/fingerprint.ts';
import { legsOfOutput } from '../domain/planned-leg.ts';
import type { Plan, PlanImage, PlanLeg, PlanOutput } from '../domain/plan.ts';
import { ociPlatform, parsePlatform } from '../domain/platform.ts';
import { joinRepository } from '../plan/resolve-leg.ts';
import type { JoinChild, JoinRequest } from '../registry/join.ts';
import { isTag, parseReference, parseRepository } from '../registry/reference.ts';
import { readDatedTag } from './dated.ts';

export interface JoinOptions {
  readonly plan: Plan;
  /** `host/path`. */
  readonly registry: string;
  readonly image: PlanImage;
  readonly output: PlanOutput;
}

/** What has to be joined for one published image. */
export function makeJoinRequest({ plan, registry, image, output }: JoinOptions): JoinRequest {
  const repository = joinRepository(registry, output.repository);
  const dated = readDatedTag(plan, image, output);
  const children = output.existing
    ? listExisting(output.existing, repository)
    : listLegs(image, output, repository);
  return {
    repository: parseRepository(repository),
    tags: output.tags,
    ...(dated && { dated }),
    children,
    annotations: { 'org.opencontainers.image.revision': image.revision, ...image.annotations },
    single: children.length === 1,
    inheritRevision: output.existing === undefined,
    keepAttestations: asksForAttestations(image),
  };
}

/** Only BuildKit pushes attestations with the image; the bill of materials of ko has its own tag. */
function asksForAttestations({ backend, options }: PlanImage): boolean {
  const { attests, options: schema } = backendOf(backend);
  const asked = schema.safeParse(options);
  return attests !== undefined && asked.success && attests(asked.data);
}

function listLegs(image: PlanImage, output: PlanOutput, repository: string): JoinChild[] {
  return legsOfOutput(image, output).map((leg) => ({
    platform: ociPlatform(leg.platform),
    ...expectLeg(image, leg, repository),
  }));
}

/**
 * The image that the registry must have under the leg's tag; it is verified before it is joined. An unchanged leg is of an
 * older commit, so its digest is used: its fingerprint was checked before.
 */
function expectLeg(
  { revision }: PlanImage,
  { tag, fingerprint, unchanged }: PlanLeg,
  repository: string,
): Omit<JoinChild, 'platform'> {
  if (unchanged)
    return { reference: { ...parseRepository(repository), digest: unchanged.digest }, legTag: tag };
  const isKnown = fingerprint === undefined || 'hash' in fingerprint;
  const aliasOf = isKnown ? tagOfFingerprint : undefined;
  return { reference: parseReference(`${repository}:${tag}`), legTag: tag, revision, aliasOf };
}

/** The fingerprint from the image's label: the machine that built it may differ from the one that planned. */
function tagOfFingerprint(labels: Readonly<Record<string, string>>): string | undefined {
  const fingerprint = parseFingerprint(labels[FINGERPRINT_LABEL] ?? '');
  return fingerprint && fingerprintTag(fingerprint);
}

/**
 * `manual_images`: made elsewhere, so that no revision can be asked of them. A bare name is a tag beside the image's own,
 * as in v1's files, and not an image of Docker Hub.
 */
function listExisting(existing: Readonly<Record<string, string>>, repository: string): JoinChild[] {
  return Object.entries(existing).flatMap(([name, text]) => {
    const reference = isTag(text) ? `${repository}:${text}` : text;
    const platform = parsePlatform(name);
    return platform === undefined
      ? []
      : [{ reference: parseReference(reference), platform: ociPlatform(platform) }];
  });
}
