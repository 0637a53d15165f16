import { z } from 'zod';
import { ProjectConfig } from './project-schema.ts';
import { ImageConfig } from './schema.ts';

/** The JSON Schemas for editors, by path. They are made from the zod schemas that also check the files. */
export function renderJsonSchemas(): Readonly<Record<string, string>> {
  return {
    'schema/build-config.schema.json': render(ImageConfig, {
      title: 'build-config.yaml',
      description: 'One container image of a repository, for hephy-builder.',
    }),
    'schema/project.schema.json': render(ProjectConfig, {
      title: '.hephy/project.yaml',
      description: 'Settings of a whole repository, for hephy-builder.',
    }),
  };
}

/** Draft 7 has the best support in yaml-language-server, which most editors use. */
function render(schema: z.ZodType, head: Readonly<Record<string, string>>): string {
  const { $schema, ...body } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    override: ({ jsonSchema }) => writeNotes(jsonSchema),
  });
  return `${JSON.stringify({ $schema, ...head, ...body }, null, 2)}\n`;
}

/** Renames our notes to JSON Schema keywords, and drops those that are only for the documentation. */
function writeNotes(node: Record<string, unknown>): void {
  if ('example' in node) node['examples'] = [node['example']];
  for (const key of ['example', 'kind', 'absent']) delete node[key];
}
