import { beforeAll, describe, expect, test } from '@jest/globals';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readComponent } from '../support/component.ts';
import {
  findYamlBlocks,
  toLocalWorkflow,
  type BlockKind,
  type YamlBlock,
} from '../support/documented-yaml.ts';
import { exportProject } from '../support/export-project.ts';
import { createGitRepo } from '../support/git-repo.ts';
import { listProjectFiles, readProjectFile, ROOT } from '../support/project-files.ts';
import { checkMetaschema, checkPlayable, checkSchema, lintWorkflows } from '../support/run-linter.ts';

const WORKFLOWS = '.github/workflows/*.yml';
const COMPONENTS = ['templates/*.yml'];
const PIPELINES = ['gitlab/*.yml', 'src/**/golden/*pipeline*.yml'];

let blocks: readonly YamlBlock[] = [];
beforeAll(async () => {
  const files = await listProjectFiles('*.md', 'docs/*.md', 'examples/**/*.md');
  const found = files.map(async (file) => findYamlBlocks(file, await readProjectFile(file)));
  blocks = (await Promise.all(found)).flat();
});

function blocksOf(...kinds: readonly BlockKind[]): readonly YamlBlock[] {
  const found = blocks.filter(({ kind }) => kinds.includes(kind));
  if (found.length === 0) throw new Error(`the documents show no ${kinds.join(' or ')}`);
  return found;
}

/** Contents by what a linter's message shall call them, as files. */
async function writeDown(contents: Readonly<Record<string, string>>): Promise<string[]> {
  const named = Object.entries(contents).map(([name, text]) => [
    `${name.replaceAll(/[/:]/g, '-')}.yml`,
    text,
  ]);
  const repo = await createGitRepo(Object.fromEntries(named));
  return named.map(([name = '']) => join(repo.dir, name));
}

function contentsOf(found: readonly YamlBlock[]): Record<string, string> {
  return Object.fromEntries(found.map(({ place, text }) => [place, text]));
}

const inRoot = (files: readonly string[]): string[] => files.map((file) => join(ROOT, file));

async function readAll(...patterns: readonly string[]): Promise<Record<string, string>> {
  const files = await listProjectFiles(...patterns);
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file, await readProjectFile(file)])),
  );
}

describe('GitHub', () => {
  test('the action is what GitHub takes', async () => {
    expect(await checkSchema('vendor.github-actions', inRoot(['action.yml']))).toBe('');
  });

  test('so are the workflows', async () => {
    expect(await checkSchema('vendor.github-workflows', inRoot(await listProjectFiles(WORKFLOWS)))).toBe('');
  });

  /** What the platforms serve of this project, with these workflows beside its own. */
  async function lintBeside(more: Readonly<Record<string, string>>): Promise<string> {
    const project = await exportProject();
    await cp(join(ROOT, '.github/actionlint.yaml'), join(project, '.github/actionlint.yaml'));
    for (const [place, text] of Object.entries(more)) {
      await writeFile(join(project, '.github/workflows', `${place.replaceAll(/[/:.]/g, '-')}.yml`), text);
    }
    return lintWorkflows(project);
  }

  test('actionlint is content with the workflows, and with every example in the documents', async () => {
    const examples = blocksOf('workflow', 'jobs', 'steps').map((block) => [
      block.place,
      toLocalWorkflow(block),
    ]);
    expect(await lintBeside(Object.fromEntries(examples))).toBe('');
  });

  test('and would name an input that there is not', async () => {
    const text = '- uses: kingdon-ci/hephy-builder@v2\n  with: { registri: ghcr.io/acme/shop }\n';
    const found = await lintBeside({ slip: toLocalWorkflow({ kind: 'steps', text }) });
    expect(found).toContain('input "registri" is not defined in action "hephy-builder"');
  });
});

describe('GitLab', () => {
  test('what is included, and what is generated, is what GitLab takes', async () => {
    const files = inRoot(await listProjectFiles(...PIPELINES));
    expect(await checkSchema('vendor.gitlab-ci', files)).toBe('');
  });

  test('so are the components, with the defaults of their inputs', async () => {
    const texts = Object.entries(await readAll(...COMPONENTS));
    const documents = texts.flatMap(([file, text]) => {
      const { header, pipeline } = readComponent(text);
      return [
        [`${file}-inputs`, JSON.stringify(header)],
        [`${file}-pipeline`, JSON.stringify(pipeline)],
      ];
    });
    const written = await writeDown(Object.fromEntries(documents));
    expect(await checkSchema('vendor.gitlab-ci', written)).toBe('');
  });

  test('gitlab-ci-local would play all of it', async () => {
    const templates = await readAll(...COMPONENTS);
    // Together: what deploys needs the jobs of what builds.
    const uses = `include: [${Object.keys(templates)
      .map((file) => `{ local: ${file} }`)
      .join(', ')}]\n`;
    for (const pipeline of [...Object.values(await readAll(...PIPELINES)), uses]) {
      const repo = await createGitRepo({ ...templates, '.gitlab-ci.yml': pipeline });
      await repo.addBareRemote();
      expect(await checkPlayable(repo.dir)).toBe('');
    }
  });

  test('so is every example in the documents', async () => {
    const written = await writeDown(contentsOf(blocksOf('gitlab')));
    expect(await checkSchema('vendor.gitlab-ci', written)).toBe('');
  });

  test('and a job that GitLab would refuse is named', async () => {
    const written = await writeDown({ slip: 'build:\n  script: [make]\n  when: sometimes\n' });
    expect(await checkSchema('vendor.gitlab-ci', written)).toContain('slip.yml');
  });
});

describe('configs', () => {
  const IMAGE = join(ROOT, 'schema/build-config.schema.json');
  const PROJECT = join(ROOT, 'schema/project.schema.json');
  const isProject = ({ text }: YamlBlock): boolean => text.startsWith('# .hephy/project.yaml');

  test('the schemas are schemas', async () => {
    expect(await checkMetaschema(inRoot(await listProjectFiles('schema/*.json')))).toBe('');
  });

  test('the examples are what an editor takes by them', async () => {
    const configs = await listProjectFiles('examples/**/build-config.yaml');
    expect(await checkSchema(IMAGE, inRoot(configs))).toBe('');
  });

  test('so is every config in the documents', async () => {
    const [images, projects] = [
      blocksOf('config').filter((block) => !isProject(block)),
      blocksOf('config').filter(isProject),
    ];
    expect(await checkSchema(IMAGE, await writeDown(contentsOf(images)))).toBe('');
    expect(await checkSchema(PROJECT, await writeDown(contentsOf(projects)))).toBe('');
  });
});
