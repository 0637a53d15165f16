import type { z } from 'zod';
import { stringify } from 'yaml';
import { fieldNotes } from './field-notes.ts';
import { OPTION_SCHEMAS } from '../backends/index.ts';
import { ProjectConfig } from './project-schema.ts';
import { ImageConfig } from './schema.ts';
import { SETTINGS } from './settings-table.ts';
import type { Setting } from './settings-table.ts';

/** All fields of build-config.yaml, then those of the backends' own sections: for docs/build-config.md. */
export function renderFieldTable(): string {
  const sections = Object.entries(OPTION_SCHEMAS).flatMap(([name, { shape }]) => [
    `### \`${name}\``,
    renderTable(shape),
  ]);
  return [renderTable(ImageConfig.shape), ...sections].join('\n\n');
}

/** All fields of .hephy/project.yaml, with their input and variable: for docs/settings.md. */
export function renderSettingsTable(): string {
  const rows = Object.entries(ProjectConfig.shape).map(([name, schema]) => {
    const setting = SETTINGS.find((candidate) => candidate.name === name);
    return [...describeField(name, schema), writeNames(setting)];
  });
  return table([...HEAD, 'input, variables'], rows);
}

/** Empty for `defaults` and `deploy`, which have no input and no variable. */
function writeNames(setting: Setting | undefined): string {
  const names = [setting?.input, setting?.variable, setting?.formerVariable];
  return names
    .filter((name) => name !== undefined)
    .map(code)
    .join(', ');
}

const HEAD = ['field', 'type', 'default', 'meaning', 'example'];

function renderTable(shape: Readonly<Record<string, z.ZodType>>): string {
  return table(
    HEAD,
    Object.entries(shape).map(([name, schema]) => describeField(name, schema)),
  );
}

function describeField(name: string, schema: z.ZodType): readonly string[] {
  const { description, kind, absent, example } = fieldNotes(schema);
  return [code(name), kind, absent, description, code(writeExample(name, example))];
}

/** As written in the file, on one line. */
function writeExample(name: string, example: unknown): string {
  return stringify({ [name]: example }, { collectionStyle: 'flow', lineWidth: 0 })
    .trim()
    .replace(/^\{ (.*) \}$/s, '$1');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}
