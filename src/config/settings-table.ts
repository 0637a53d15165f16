import { fieldNotes } from './field-notes.ts';
import { ProjectConfig } from './project-schema.ts';
import { readBackend, readFlag, readList, readRunners, readWord } from './setting-text.ts';
import type { ReadText } from './setting-text.ts';

/** `defaults` and `deploy` are mappings, so they have no input and no variable. */
export type SettingName = Exclude<keyof ProjectConfig, 'defaults' | 'deploy'>;

/** A setting with its names in the file, as an input and as a variable. */
export interface Setting {
  /** As in `.hephy/project.yaml` and as a component's input. */
  readonly name: SettingName;
  /** As an action's input. */
  readonly input: string;
  readonly variable: string;
  /** The variable of version 1, which is read after `variable`. */
  readonly formerVariable: string | undefined;
  readonly meaning: string;
  /** Both in Markdown. */
  readonly standard: string;
  readonly kind: string;
  readonly read: ReadText;
}

/** How each setting is parsed from text. project-schema.ts has the rest. */
const READERS: Readonly<Record<SettingName, ReadText>> = {
  registry: readWord,
  layout: readWord,
  tag_format: readWord,
  ignore: readList,
  runners: readRunners,
  backend: readBackend,
  jobs: readWord,
  max_jobs: readWord,
  fan_out: readWord,
  rebuild: readWord,
  rebuild_dependents: readFlag,
  push: readWord,
  redact: readFlag,
  insecure_registries: readList,
  registry_mirrors: readList,
  registry_username: readWord,
  aws_role: readWord,
  google_provider: readWord,
  google_service_account: readWord,
  azure_client: readWord,
  azure_tenant: readWord,
  id_token_audience: readWord,
  kaniko_image: readWord,
  buildkit_image: readWord,
};

export const SETTINGS: readonly Setting[] = [
  describeSetting('registry', 'ECR_REGISTRY'),
  describeSetting('layout'),
  describeSetting('tag_format'),
  describeSetting('ignore'),
  describeSetting('backend'),
  describeSetting('runners'),
  describeSetting('jobs'),
  describeSetting('max_jobs'),
  describeSetting('fan_out'),
  describeSetting('rebuild'),
  describeSetting('rebuild_dependents'),
  describeSetting('push'),
  describeSetting('redact'),
  describeSetting('insecure_registries'),
  describeSetting('registry_mirrors'),
  describeSetting('registry_username'),
  describeSetting('aws_role'),
  describeSetting('google_provider'),
  describeSetting('google_service_account'),
  describeSetting('azure_client'),
  describeSetting('azure_tenant'),
  describeSetting('id_token_audience'),
  describeSetting('kaniko_image'),
  describeSetting('buildkit_image'),
];

function describeSetting(name: SettingName, formerVariable?: string): Setting {
  const { description, absent, kind } = fieldNotes(ProjectConfig.shape[name]);
  return {
    name,
    input: name.replaceAll('_', '-'),
    variable: `HEPHY_${name.toUpperCase()}`,
    formerVariable,
    meaning: description,
    standard: absent,
    kind,
    read: READERS[name],
  };
}
