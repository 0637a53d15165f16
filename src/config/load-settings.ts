import type { LoginSettings } from '../domain/login.ts';
import { HephyError } from '../errors.ts';
import { checkFields } from './check-fields.ts';
import { keepDefined } from './defaults.ts';
import { issueMessage } from './issues.ts';
import type { Project } from './load-project.ts';
import { ProjectConfig } from './project-schema.ts';
import { pickRunners } from './runners.ts';
import { SETTINGS } from './settings-table.ts';
import type { Setting } from './settings-table.ts';
import type { Settings } from './settings.ts';

export interface SettingSources {
  /** Returns an input of the action or component by its kebab-case name; an empty one counts as absent. */
  readonly input: (name: string) => string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly project: Project;
  readonly platformId: 'github' | 'gitlab' | 'local';
  /** The CI platform whose runners build. On the command line, the platform that hosts the repository. */
  readonly runsOn?: 'github' | 'gitlab';
  /** The registry of the CI platform; undefined on the command line. */
  readonly defaultRegistry: string | undefined;
}

export const IGNORED = ['examples/**', 'docs/**', 'attic/**'];

/** For each setting: input > variable > .hephy/project.yaml > default. A problem names the input or variable that has it. */
export function resolveSettings(sources: SettingSources): {
  readonly settings: Settings;
  readonly problems: readonly HephyError[];
} {
  const { values, problems } = readTexts(sources);
  const chosen = { ...sources.project, ...values };
  const layout = chosen.layout ?? 'tag';
  const settings: Settings = {
    registry: (chosen.registry ?? sources.defaultRegistry)?.replace(/\/+$/, ''),
    layout,
    tagFormat: chosen.tag_format ?? (layout === 'tag' ? '{name}-{date}-{sha}' : '{date}-{sha}'),
    ignore: chosen.ignore ?? IGNORED,
    defaults: sources.project.defaults ?? {},
    runners: pickRunners(sources, values.runners),
    kanikoJobs: sources.platformId === 'gitlab',
    backendOverride: readOverride(chosen.backend),
    ...pickHabits(chosen),
    login: pickLogin(chosen),
  };
  return { settings, problems };
}

type Habits =
  'jobs' | 'maxJobs' | 'fanOut' | 'rebuild' | 'rebuildDependents' | 'push' | 'redact' | Registries;
type Registries = 'insecureRegistries' | 'registryMirrors' | 'kanikoImage' | 'buildkitImage';

function pickHabits(chosen: Project): Pick<Settings, Habits> {
  return {
    jobs: chosen.jobs,
    maxJobs: chosen.max_jobs ?? 4,
    fanOut: chosen.fan_out ?? 'native',
    rebuild: chosen.rebuild ?? 'changed',
    rebuildDependents: chosen.rebuild_dependents ?? true,
    push: chosen.push ?? 'auto',
    redact: chosen.redact ?? true,
    insecureRegistries: chosen.insecure_registries ?? [],
    registryMirrors: chosen.registry_mirrors ?? [],
    kanikoImage: chosen.kaniko_image,
    buildkitImage: chosen.buildkit_image,
  };
}

function pickLogin(chosen: Project): LoginSettings {
  return {
    username: chosen.registry_username,
    awsRole: chosen.aws_role,
    googleProvider: chosen.google_provider,
    googleServiceAccount: chosen.google_service_account,
    azureClient: chosen.azure_client,
    azureTenant: chosen.azure_tenant,
    audience: chosen.id_token_audience,
  };
}

function readOverride(backend: Project['backend']): Settings['backendOverride'] {
  if (typeof backend === 'string') return backend === 'auto' ? { byImage: {} } : { all: backend };
  const named = Object.entries(backend ?? {}).flatMap(([name, id]) => (id === 'auto' ? [] : [{ name, id }]));
  return { byImage: Object.fromEntries(named.map(({ name, id }) => [name, id])) };
}

/** Reads inputs and variables, and checks them with the schema of the file. */
function readTexts(sources: SettingSources): { values: Project; problems: readonly HephyError[] } {
  const labels = new Map<string, string>();
  const raw: Record<string, unknown> = {};
  for (const setting of SETTINGS) {
    const found = findText(setting, sources);
    if (found === undefined) continue;
    labels.set(setting.name, found.label);
    raw[setting.name] = setting.read(found.text);
  }
  const { data, issues } = checkFields(ProjectConfig, raw);
  const problems = issues.map((issue) => {
    const label = labels.get(String(issue.path[0])) ?? '';
    const message = `${label}: ${issueMessage({ ...issue, path: issue.path.slice(1) })}`;
    return new HephyError(issue.code, message, issue.hint === undefined ? {} : { hint: issue.hint });
  });
  return { values: keepDefined({ ...data, defaults: undefined }), problems };
}

function findText(
  { input, variable, formerVariable }: Setting,
  sources: SettingSources,
): { label: string; text: string } | undefined {
  const places = [
    { label: sources.platformId === 'local' ? `--${input}` : `input ${input}`, text: sources.input(input) },
    { label: variable, text: sources.env[variable] },
    { label: formerVariable ?? '', text: formerVariable && sources.env[formerVariable] },
  ];
  return places
    .map(({ label, text }) => ({ label, text: text?.trim() ?? '' }))
    .find(({ text }) => text !== '');
}
