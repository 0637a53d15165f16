import { expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { checkFile } from './check-file.ts';
import { renderFieldTable, renderSettingsTable } from './describe.ts';
import { fieldNotes } from './field-notes.ts';
import { ProjectConfig } from './project-schema.ts';
import { ImageConfig } from './schema.ts';
import { SETTINGS } from './settings-table.ts';

test.each([
  ...Object.keys(ImageConfig.shape).map((field) => ({
    field,
    schema: ImageConfig,
    notes: ImageConfig.shape,
  })),
  ...Object.keys(ProjectConfig.shape).map((field) => ({
    field,
    schema: ProjectConfig,
    notes: ProjectConfig.shape,
  })),
])('the example of $field is one', ({ field, schema, notes }) => {
  const { example } = fieldNotes(Object.entries(notes).find(([name]) => name === field)?.[1] ?? schema);
  const bytes = Buffer.from(stringify({ [field]: example }));
  expect(checkFile(schema, { file: 'f', bytes }).problems).toEqual([]);
});

test('the tables have a row for each field and setting, in Markdown', () => {
  const rows = renderFieldTable().split('\n');
  expect(rows).toContain(
    '| `target` | text | the last stage | The Dockerfile stage to build; `""` is none. | `target: runtime` |',
  );
  for (const field of Object.keys(ImageConfig.shape)) {
    expect(rows.filter((row) => row.startsWith(`| \`${field}\` |`)).length).toBeGreaterThan(0);
  }
  expect(renderSettingsTable()).toContain('| `defaults` |');
  for (const { variable } of SETTINGS) expect(renderSettingsTable()).toContain(`\`${variable}\``);
  expect(rows.filter((row) => row.startsWith('|')).every((row) => row.split(/(?<!\\)\|/).length === 7)).toBe(
    true,
  );
});
