import { posix } from 'node:path';
import { traitsOf } from '../backends/index.ts';
import { expandVariables } from '../domain/expand.ts';
import { FINGERPRINT_LABEL, formatFingerprint, NO_FINGERPRINT } from '../domain/fingerprint.ts';
import type { LayerCache, Leg, SecretRef } from '../domain/image.ts';
import type { PlanImage, PlanLeg } from '../domain/plan.ts';
import type { PlannedLeg } from '../domain/planned-leg.ts';
import { HephyError } from '../errors.ts';

/** Where a leg is built: all that a plan may not hold. */
export interface LegContext {
  /** Where the source lies: the checkout, or an upstream's clone. */
  readonly root: string;
  /** This repository, which secret files are named from. */
  readonly checkout: string;
  /** Of the source's commit, in seconds. */
  readonly commitTime: number;
  readonly scratch: string;
  /** `host/path`. */
  readonly registry: string;
  readonly insecure: boolean;
  /** Where layers are read from that may not be written; null: nowhere. Absent: they are kept beside the images. */
  readonly readsFrom?: { readonly registry: string; readonly insecure: boolean } | null;
  /** For `${VAR}` in build arguments. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes no layer of an earlier run. */
  readonly rebuild?: boolean | undefined;
  readonly inputFiles: Readonly<Record<string, string>>;
  /** The page of this repository; null where it has none. */
  readonly sourceUrl: string | null;
}

/** Joins a leg of the plan with the place it is built in. Secrets enter here, and nowhere earlier. */
export function resolveLeg(planned: PlannedLeg, site: LegContext): Leg {
  const { image, leg } = planned;
  const { backend, options, source, secrets } = image;
  const { root, scratch, insecure, inputFiles } = site;
  return {
    ...{ root, scratch, insecure, inputFiles },
    id: leg.id,
    platform: leg.platform,
    target: leg.target,
    tag: leg.tag,
    repository: repositoryOf(planned, site.registry),
    recipe: {
      backend,
      options,
      source,
      secrets: secrets.map((secret) => placeSecret(secret, site)),
      cache: reachableCache(image, site),
      buildArgs: image.buildArgs,
      labels: image.labels,
      annotations: image.annotations,
    },
    buildArgs: resolveBuildArgs(image, leg, site),
    labels: {
      ...describeOrigin(image, site),
      ...image.labels,
      [REVISION]: image.revision,
      ...describeFingerprint(leg),
    },
    annotations: {
      ...describeOrigin(image, site),
      ...image.annotations,
      [REVISION]: image.revision,
      // In the manifest, so that one request proves that a leg is unchanged.
      ...describeFingerprint(leg),
    },
    sourceDateEpoch: site.commitTime,
    ...(site.rebuild && { fresh: true }),
    ...(site.readsFrom !== undefined && { layers: readOnlyLayers(planned, site) }),
  };
}

function readOnlyLayers(planned: PlannedLeg, { readsFrom, registry }: LegContext): LayerCache {
  const from = readsFrom ?? { registry, insecure: false };
  return { repository: repositoryOf(planned, from.registry), insecure: from.insecure, writable: false };
}

/** Only some backends use GitHub's cache, and only inside GitHub Actions; otherwise layers are kept beside the images. */
function reachableCache({ backend, cache }: PlanImage, { env, readsFrom }: LegContext): PlanImage['cache'] {
  const isOutOfReach = !traitsOf(backend).githubCache || env['ACTIONS_RUNTIME_TOKEN'] === undefined;
  const ref = cache.ref === 'gha' && isOutOfReach ? null : cache.ref;
  return { ...cache, ref, enabled: cache.enabled && !(ref === null && readsFrom === null) };
}

/** An upstream's clone has no secrets of ours: their files stay where the checkout has them. */
function placeSecret(secret: SecretRef, { root, checkout }: LegContext): SecretRef {
  if (secret.file === undefined || root === checkout) return secret;
  return { ...secret, file: posix.resolve(checkout, secret.file) };
}

const REVISION = 'org.opencontainers.image.revision';

/** What made the image. Nothing that differs from day to day: the same source must give the same digest. */
function describeOrigin(image: PlanImage, site: LegContext): Record<string, string> {
  const page = image.source.kind === 'upstream' ? image.source.repo : site.sourceUrl;
  return {
    'org.opencontainers.image.title': image.name,
    ...(page !== null && { 'org.opencontainers.image.source': page }),
    'dev.hephy.backend': image.backend,
    'dev.hephy.config': image.config,
  };
}

function describeFingerprint({ fingerprint }: PlanLeg): Record<string, string> {
  if (fingerprint === undefined) return {};
  const text = 'hash' in fingerprint ? formatFingerprint(fingerprint) : NO_FINGERPRINT;
  return { [FINGERPRINT_LABEL]: text };
}

/** `host/path` that a leg is pushed to. */
export function repositoryOf({ output }: Pick<PlannedLeg, 'output'>, registry: string): string {
  return joinRepository(registry, output.repository);
}

/** In the tag layout all images share one repository; in the repository layout each has its own below it. */
export function joinRepository(registry: string, below: string): string {
  return below === '' ? registry : `${registry}/${below}`;
}

/** What hephy-builder itself has for `${VAR}` and for the arguments that a Dockerfile declares: registry and dependencies. */
export function givenVariables(leg: PlanLeg, registry: string): Record<string, string> {
  return { HEPHY_REGISTRY: registry, ECR_REGISTRY: registry, ...leg.dependencyTags };
}

/** The dependencies' tags and the registry where the Dockerfile declares them, and below them what the config says. */
function resolveBuildArgs(image: PlanImage, leg: PlanLeg, site: LegContext): Record<string, string> {
  const given = givenVariables(leg, site.registry);
  const declared = image.filledArguments ?? null;
  const filled = Object.entries(given).filter(([name]) => declared === null || declared.includes(name));
  const own = Object.entries(image.buildArgs).map(([name, value]) => {
    const { text, missing } = expandVariables(value, { ...site.env, ...given });
    if (missing.length > 0) throw missingVariable(image, name, missing);
    return [name, text] as const;
  });
  return Object.fromEntries([...filled, ...own]);
}

function missingVariable(image: PlanImage, argument: string, missing: readonly string[]): HephyError {
  const names = missing.map((name) => `\${${name}}`).join(', ');
  return new HephyError(
    'CONFIG_VARIABLE',
    `build_args ${argument} of ${image.name} uses ${names}, which is not set`,
    {
      at: { file: image.config },
      hint: `Set it where the build runs, or give it a default: \${${missing[0] ?? 'NAME'}:-value}`,
    },
  );
}
