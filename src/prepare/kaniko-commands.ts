import { listPlannedLegs, type PlannedLeg } from '../domain/planned-leg.ts';
import { JOB_SETUP, renderExecutor } from '../backends/kaniko/script.ts';
import type { Settings } from '../config/settings.ts';
import { requiredVariables } from '../domain/expand.ts';
import type { Leg } from '../domain/image.ts';
import type { Plan, PlanImage } from '../domain/plan.ts';
import { quoteWord } from '../domain/shell-quote.ts';
import { sourceArchive } from '../domain/source-archive.ts';
import { digestFile, unpackedSource } from '../pipeline/files.ts';
import { givenVariables, resolveLeg } from '../plan/resolve-leg.ts';
import type { Env } from '../system/env.ts';
import type { RegistryAddress } from '../session/destination.ts';

export { JOB_SETUP };

export interface KanikoJobOptions {
  readonly plan: Plan;
  readonly settings: Pick<Settings, 'registryMirrors' | 'insecureRegistries'>;
  readonly registry: RegistryAddress;
  readonly sourceUrl: string | null;
  /** For `${VAR}`: a variable that is missing here is missing in the job too. The job inserts the values. */
  readonly env: Env;
  /** The variables of GitHub and GitLab, under the names of both: the job has only GitLab's, of the child pipeline. */
  readonly tagVariables: Readonly<Record<string, string>>;
}

/** The checkout of the job, in which its commands start. */
const CHECKOUT = '.';

/** The shell commands of each leg that a job with kaniko's image builds, by leg. */
export function describeKanikoLegs(options: KanikoJobOptions): Readonly<Record<string, string>> {
  const { plan } = options;
  const wanted = new Set(plan.jobs.filter(({ kind }) => kind === 'kaniko').flatMap(({ legs }) => legs));
  const legs = listPlannedLegs(plan.images).filter(({ leg }) => wanted.has(leg.id));
  return Object.fromEntries(legs.map((planned) => [planned.leg.id, describeLeg(options, planned)]));
}

function describeLeg(options: KanikoJobOptions, planned: PlannedLeg): string {
  const { image, leg } = planned;
  const { plan } = options;
  const archive = sourceArchive(image.source);
  const known = { ...options.tagVariables, ...givenVariables(leg, options.registry.registry) };
  const executor = renderExecutor(resolve(options, planned), {
    known,
    root: archive === null ? CHECKOUT : unpackedSource(archive),
    digestFile: digestFile(leg.id),
    push: plan.run.push || leg.shared === true,
  });
  return [...requireVariables(image, known), executor].join('\n');
}

function resolve(options: KanikoJobOptions, planned: PlannedLeg): Leg {
  const { plan, settings, registry, sourceUrl } = options;
  const env = { ...options.env, ...options.tagVariables };
  const resolved = resolveLeg(planned, {
    rebuild: plan.run.rebuild,
    ...registry,
    ...{ root: CHECKOUT, checkout: CHECKOUT, scratch: CHECKOUT, commitTime: 0 },
    ...{ env, sourceUrl, inputFiles: {} },
    ...(!plan.run.push && { readsFrom: registry }),
  });
  const { registryMirrors: mirrors, insecureRegistries } = settings;
  return {
    ...resolved,
    container: { image: null, loginFile: null, caFiles: [], mirrors, insecureRegistries },
  };
}

/** Checks the variables that only the job has before the build: an error of the shell would not name the config. */
function requireVariables(
  { config, buildArgs }: PlanImage,
  known: Readonly<Record<string, string>>,
): readonly string[] {
  const names = new Set(Object.values(buildArgs).flatMap(requiredVariables));
  const required = [...names].filter((name) => !Object.hasOwn(known, name));
  return required.length === 0 ? [] : [['require', config, ...required].map(quoteWord).join(' ')];
}
