import type { PlannedLeg } from '../domain/planned-leg.ts';
import type { Backend, Influences } from '../backends/backend.ts';
import { backendOf } from '../backends/index.ts';
import { hashValue, makeFingerprint, type Fingerprint } from '../domain/fingerprint.ts';
import type { BackendId, Leg } from '../domain/image.ts';
import type { Plan, PlanImage, PlanLeg } from '../domain/plan.ts';
import { expandVariables, splitVariables } from '../domain/expand.ts';
import { HephyError } from '../errors.ts';
import { parseReference } from '../registry/reference.ts';
import type { Env } from '../system/env.ts';
import { readInputs } from '../sources/read-inputs.ts';
import type { BaseDigests } from './base-digests.ts';
import type { PublishedDependencies } from './published-dependencies.ts';
import type { SourceFiles } from './leg-files.ts';
import { NEUTRAL_REGISTRY, type NeutralLeg, resolveNeutral } from './neutral-leg.ts';
import type { ToolIdentity } from './tool-identity.ts';
import { Unknown } from '../domain/unknown.ts';

/** The inputs of all fingerprints of a run; each is read once for all legs. */
export interface FingerprintContext {
  readonly plan: Plan;
  readonly root: string;
  /** `host/path` that is pushed to. */
  readonly registry: string;
  readonly env: Env;
  /** The values of `${VAR}`, as in the build. */
  readonly variables: Env;
  readonly kanikoImage: string | undefined;
  readonly files: SourceFiles;
  readonly bases: BaseDigests;
  readonly published: PublishedDependencies;
  readonly tools: (backend: BackendId) => Promise<ToolIdentity>;
}

export interface FingerprintInput extends PlannedLeg {
  /** By variable. */
  readonly dependencies: Readonly<Record<string, Dependency>>;
}

/** The identity of an image that a leg depends on, or the reason why it is unknown. */
export type Dependency = { readonly identity: string } | { readonly unknown: string };

/** Throws `Unknown` if any part cannot be determined. */
export async function fingerprintLeg(
  evidence: FingerprintContext,
  question: FingerprintInput,
): Promise<Fingerprint> {
  const { image } = question;
  const { env } = evidence;
  const identities = identify(question.dependencies);
  const { backend, leg } = await resolve(evidence, question, identities);
  const { unknown, env: names, bases: pulled } = backend.influences?.(leg, env) ?? NOTHING_MORE;
  if (unknown !== null) throw new Unknown(unknown);
  const command = describeCommand(backend, leg);
  const dependencies = listUsed(question.dependencies, JSON.stringify(command));
  const [files, bases] = await Promise.all([
    evidence.files.hash(image, backend),
    askBases(evidence, { image, leg: question.leg, pulled, identities }),
  ]);
  // Last: no tool is started for a leg that has no fingerprint anyway.
  const tool = await evidence.tools(image.backend);
  const secrets = image.secrets.map(({ id, env: name, file }) => [id, name ?? null, file ?? null]);
  return makeFingerprint({
    command: hashValue(command),
    environment: hashValue(listVariables(env, names)),
    secrets: hashValue(secrets),
    files: hashValue(files),
    tool: hashValue(tool),
    bases: hashValue(bases),
    dependencies: hashValue(dependencies),
  });
}

/** Identities by variable. A dependency without one gets a placeholder, as the command may not even name it. */
function identify(dependencies: FingerprintInput['dependencies']): Readonly<Record<string, string>> {
  const entries = Object.entries(dependencies).map(([variable, dependency]) => [
    variable,
    'identity' in dependency ? dependency.identity : `unknown-${variable}`,
  ]);
  return Object.fromEntries(entries);
}

/** If the command does not name a dependency, the leg only waits for it, and the image contains nothing of it. */
function listUsed(
  dependencies: FingerprintInput['dependencies'],
  command: string,
): readonly (readonly [string, string])[] {
  const identities = identify(dependencies);
  const used = Object.entries(identities).filter(([, identity]) => command.includes(identity));
  for (const [variable] of used) {
    const dependency = dependencies[variable];
    if (dependency && 'unknown' in dependency) throw new Unknown(dependency.unknown);
  }
  return used.sort(([a], [b]) => (a < b ? -1 : 1));
}

const NOTHING_MORE: Influences = { env: [], bases: [], unknown: null };

async function resolve(
  evidence: FingerprintContext,
  { image, output, leg }: FingerprintInput,
  dependencies: Readonly<Record<string, string>>,
): Promise<NeutralLeg> {
  // The commit of an upstream identifies its files, and they are not fetched yet.
  const paths = image.source.kind === 'upstream' ? [] : backendOf(image.backend).inputs(image);
  const inputFiles = await readInputs(evidence.root, paths);
  const { variables, kanikoImage } = evidence;
  return resolveNeutral({ image, output, leg, dependencies, variables, inputFiles, kanikoImage });
}

/** Without the contents of secrets: a changed password does not change the image. */
function describeCommand(backend: Backend, leg: Leg): readonly unknown[] {
  const { tool, args, cwd, env, files } = backend.invocation(leg);
  const contents = files.map(({ path, content, secret }) => [path, secret ? null : content]);
  return [tool, args, cwd, Object.entries(env).sort(), contents];
}

function listVariables(env: Env, names: readonly string[]): readonly unknown[] {
  const wanted = new Set(names);
  return Object.entries(env)
    .filter(([name, value]) => wanted.has(name) && value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

interface BasesInput {
  readonly image: PlanImage;
  readonly leg: PlanLeg;
  /** By the tool, beside those of the Dockerfile. */
  readonly pulled: readonly string[];
  readonly identities: Readonly<Record<string, string>>;
}

/** Digests of the base images of the Dockerfile and the tool. Dependencies are identified by their fingerprints instead. */
async function askBases(
  evidence: FingerprintContext,
  { image, leg, pulled, identities }: BasesInput,
): Promise<readonly unknown[]> {
  const { bases, registry } = evidence;
  const pulls = listPulls(image, leg);
  const own = new Set(Object.values(identities));
  const others = pulled.filter((text) => !isDependency(text, own));
  const values = valuesInBases(evidence, image);
  const references = [
    ...pulls.map((text) =>
      expandVariables(text.replace(/\$(HEPHY|ECR)_REGISTRY\b/g, '${$1_REGISTRY}'), values),
    ),
    ...others.map((text) => ({ text: text.replace(NEUTRAL_REGISTRY, registry), missing: [] })),
  ].map(({ text, missing }) => requireWhole(text, missing));
  const named = [...pulls, ...others];
  return Promise.all(references.map(async (text, at) => [named[at], await bases(text, image.backend)]));
}

function listPulls({ pulls, platformPulls }: PlanImage, { platform }: PlanLeg): readonly string[] {
  if (pulls === null || pulls === undefined) throw new Unknown('its Dockerfile was not read for the plan');
  return [...pulls, ...(platformPulls?.[platform] ?? [])];
}

/** The variables that build arguments take from the environment, without those of the Dockerfile itself. */
function valuesInBases({ variables, registry }: FingerprintContext, { buildArgs }: PlanImage): Env {
  const taken = Object.values(buildArgs)
    .flatMap(splitVariables)
    .flatMap((part) => (typeof part === 'string' ? [] : [[part.name, variables[part.name]] as const]));
  return { ...Object.fromEntries(taken), HEPHY_REGISTRY: registry, ECR_REGISTRY: registry };
}

function isDependency(text: string, tags: ReadonlySet<string>): boolean {
  return text.startsWith(NEUTRAL_REGISTRY) && tags.has(text.slice(text.lastIndexOf(':') + 1));
}

/** A URL is not an image, and a variable that only the builder knows may name any image: neither can be looked up. */
function requireWhole(text: string, [missing]: readonly string[]): string {
  if (missing !== undefined || text.includes('$') || !isReference(text)) {
    throw new Unknown(`the content of ${text} may change without notice`);
  }
  return text;
}

function isReference(text: string): boolean {
  try {
    return parseReference(text).path !== '';
  } catch (error) {
    if (error instanceof HephyError) return false;
    throw error;
  }
}
