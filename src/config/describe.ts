import type { z } from 'zod';
import { stringify } from 'yaml';
import { fieldNotes } from './field-notes.ts';
import { OPTION_SCHEMAS } from '../backends/index.ts';
import { ProjectConfig } from './project-schema.ts';
import { ImageConfig } from './schema.ts';
import { SETTINGS } from './settings-table.ts';

/** Every field of build-config.yaml, those of the backends' own sections after it: for docs/build-config.md. */
export function renderFieldTable(): string {
  const { ko_config, spin_config } = OPTION_SCHEMAS;
  return [
    renderTable(ImageConfig.shape),
    '### `ko_config`',
    renderTable(ko_config.shape),
    '### `spin_config`',
    renderTable(spin_config.shape),
  ].join('\n\n');
}

/** Every field of .hephy/project.yaml. */
export function renderProjectTable(): string {
  return renderTable(ProjectConfig.shape);
}

/** Every setting by its three names. */
export function renderSettingsTable(): string {
  const rows = SETTINGS.map(({ name, input, variable, formerVariable, meaning, standard }) => {
    const variables = [variable, formerVariable].filter((text) => text !== undefined).map(code);
    return [code(name), code(input), variables.join(', '), standard, meaning];
  });
  return table(['project.yaml, component input', 'action input', 'variable', 'default', 'meaning'], rows);
}

function renderTable(shape: Readonly<Record<string, z.ZodType>>): string {
  const rows = Object.entries(shape).map(([name, schema]) => {
    const { description, kind, absent, example } = fieldNotes(schema);
    return [code(name), kind, absent, description, code(writeExample(name, example))];
  });
  return table(['field', 'type', 'default', 'meaning', 'example'], rows);
}

/** As it would stand in the file, on one line. */
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
