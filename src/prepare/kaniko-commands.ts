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
  /** For `${VAR}`: what is missing here is missing in the job. Its values are left to the job. */
  readonly env: Env;
  /** What GitHub and GitLab call the same things, under both names: the job has only GitLab's, of another pipeline. */
  readonly tagVariables: Readonly<Record<string, string>>;
}

/** The checkout of the job, which its commands begin in. */
const CHECKOUT = '.';

/** What builds each leg that a job of kaniko's image builds, as lines of a shell. */
export function describeKanikoLegs(site: KanikoJobOptions): Readonly<Record<string, string>> {
  const { plan } = site;
  const wanted = new Set(plan.jobs.filter(({ kind }) => kind === 'kaniko').flatMap(({ legs }) => legs));
  const legs = listPlannedLegs(plan.images).filter(({ leg }) => wanted.has(leg.id));
  return Object.fromEntries(legs.map((planned) => [planned.leg.id, describeLeg(site, planned)]));
}

function describeLeg(site: KanikoJobOptions, planned: PlannedLeg): string {
  const { image, leg } = planned;
  const { plan } = site;
  const archive = sourceArchive(image.source);
  const known = { ...site.tagVariables, ...givenVariables(leg, site.registry.registry) };
  const executor = renderExecutor(resolve(site, planned), {
    known,
    root: archive === null ? CHECKOUT : unpackedSource(archive),
    digestFile: digestFile(leg.id),
    push: plan.run.push || leg.shared === true,
  });
  return [...requireVariables(image, known), executor].join('\n');
}

function resolve(site: KanikoJobOptions, planned: PlannedLeg): Leg {
  const { plan, settings, registry, sourceUrl } = site;
  const env = { ...site.env, ...site.tagVariables };
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

/** What only the environment of the job has is asked for first: a shell would end with words that name no config. */
function requireVariables(
  { config, buildArgs }: PlanImage,
  known: Readonly<Record<string, string>>,
): readonly string[] {
  const names = new Set(Object.values(buildArgs).flatMap(requiredVariables));
  const asked = [...names].filter((name) => !Object.hasOwn(known, name));
  return asked.length === 0 ? [] : [['require', config, ...asked].map(quoteWord).join(' ')];
}
