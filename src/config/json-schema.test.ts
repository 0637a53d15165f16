import { test } from '@jest/globals';
import { renderJsonSchemas } from './json-schema.ts';
import { renderFieldTable, renderProjectTable, renderSettingsTable } from './describe.ts';
test('p', () => {
  const s = renderJsonSchemas();
  process.stdout.write(
    s['schema/build-config.schema.json']!.slice(0, 6000) +
      '\n' +
      renderFieldTable() +
      '\n' +
      renderProjectTable() +
      '\n' +
      renderSettingsTable(),
  );
});
