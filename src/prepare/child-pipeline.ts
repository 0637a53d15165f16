import { KANIKO_IMAGE } from '../backends/index.ts';
import { tagVariables } from '../ci/tag-variables.ts';
import { SETTINGS, type Setting } from '../config/settings-table.ts';
import type { Settings } from '../config/settings.ts';
import type { Plan } from '../domain/plan.ts';
import { ID_TOKEN_VARIABLE } from '../logins/id-token.ts';
import { renderKanikoLogins } from '../logins/kaniko-logins.ts';
import type { PipelineInput } from '../pipeline/input.ts';
import { renderPipeline } from '../pipeline/pipeline.ts';
import { shareLegs } from '../plan/share-legs.ts';
import { parseRepository } from '../registry/reference.ts';
import { rootlessImage } from '../system/services/buildkit-settings.ts';
import { readNamed, type RegistryAddress } from '../session/destination.ts';
import { requireRegistry } from '../session/require-registry.ts';
import type { RunContext } from '../session/run-context.ts';
import { type Invoked, textFlag } from '../session/invoked.ts';
import { describeKanikoLegs, JOB_SETUP } from './kaniko-commands.ts';

/** Used if the job does not know its own image. Otherwise the jobs of the child pipeline use the same image. */
const NODE_IMAGE = 'node:24';

/** Two megabytes. If the project sets its own Node image, for example from a mirror, that one is used instead. */
const IDLE_IMAGE = 'busybox:1.37';

/** A merge request publishes nothing, but a leg that another job's legs are built on must still be in a registry. */
export function shareWithin(plan: Plan, { settings, event }: RunContext): Plan {
  const mayPush = !event.fromFork && settings.push !== 'never' && settings.registry !== undefined;
  return shareLegs(plan, { number: event.number, mayPush });
}

/** The YAML of GitLab's child pipeline for this plan. */
export function describeChild(invoked: Invoked, plan: Plan, runContext: RunContext): string {
  return renderPipeline(describeInput(invoked, plan, runContext));
}

function describeInput(invoked: Invoked, plan: Plan, runContext: RunContext): PipelineInput {
  const { env } = invoked;
  const { settings, event, origin } = runContext;
  requireRegistry(plan, settings);
  const registry = readNamed(settings) ?? NOWHERE;
  const logins = renderKanikoLogins({
    ...{ host: parseRepository(registry.registry).host, settings: settings.login, env },
    required: plan.run.push,
  });
  return {
    plan,
    publishes: plan.run.push && plan.images.length > 0,
    commands: describeKanikoLegs({
      ...{ plan, settings, registry, env, sourceUrl: origin.url },
      tagVariables: tagVariables({ event, head: plan.run, env }),
    }),
    kanikoSetup: [...logins.lines, ...JOB_SETUP],
    redact: settings.redact,
    images: nameImages(settings, env),
    prepareJob: env['CI_JOB_NAME'] || 'hephy:prepare',
    prefix: env['HEPHY_JOB_PREFIX'] ?? '',
    variables: {
      ...listSettings(invoked, runContext),
      ...(event.buildNumber !== null && { HEPHY_BUILD_NUMBER: event.buildNumber }),
    },
    idTokens: logins.audience === undefined ? {} : { [ID_TOKEN_VARIABLE]: { aud: logins.audience } },
    tags: env['CICD_TAG'] ? [env['CICD_TAG']] : settings.runners['linux/amd64'],
    hasBuildkit: (env['BUILDKIT_HOST'] ?? '') !== '',
  };
}

/** Without a registry nothing is pushed, but kaniko requires a name for the image that it builds. */
const NOWHERE: RegistryAddress = { registry: 'registry.invalid/images', insecure: false };

function nameImages(settings: Settings, env: Invoked['env']): PipelineInput['images'] {
  const node = env['CI_JOB_IMAGE'] || NODE_IMAGE;
  return {
    node,
    idle: env['HEPHY_IDLE_IMAGE'] || (node === NODE_IMAGE ? IDLE_IMAGE : node),
    kaniko: settings.kanikoImage ?? KANIKO_IMAGE,
    buildkit: rootlessImage(settings.buildkitImage),
  };
}

/** The settings of this job, as variables: the jobs of the child pipeline see neither its inputs nor its variables. */
function listSettings({ flags, env }: Invoked, { ci }: RunContext): Record<string, string> {
  const find = ({ input, variable, formerVariable }: Setting): string =>
    textFlag(flags, input) || ci.input(input) || env[variable] || env[formerVariable ?? ''] || '';
  const values = SETTINGS.map(
    (setting) => [`HEPHY_INPUT_${setting.name.toUpperCase()}`, find(setting)] as const,
  );
  return Object.fromEntries(values.filter(([, value]) => value !== ''));
}
