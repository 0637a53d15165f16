import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findYamlBlocks } from '../support/documented-yaml.ts';
import { exportProject } from '../support/export-project.ts';
import { createGithubShop } from '../support/github-shop.ts';
import { crane } from '../support/go-shop.ts';
import { readProjectFile } from '../support/project-files.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

const FILE = 'docs/github.md';
/** What each example is, in the order of the document, and the jobs of a push to it. */
const WORKFLOW = ['build amd64-1', 'build arm64-1', 'hephy', 'manifest', 'prepare'];
const EXAMPLES = [
  { about: 'the quick start', jobs: WORKFLOW },
  { about: 'another registry', jobs: WORKFLOW },
  { about: 'the registry of a cloud', jobs: null },
  { about: 'settings, and a job that takes the digests', jobs: ['deploy', ...WORKFLOW].sort() },
  { about: 'one job', jobs: ['images'] },
  { about: 'jobs of one’s own', jobs: WORKFLOW.filter((job) => job !== 'hephy') },
];

let registry: TestRegistry;
let project: string;
let texts: readonly string[];
beforeAll(async () => {
  [registry, project] = await Promise.all([startRegistry(), exportProject()]);
  const blocks = findYamlBlocks(FILE, await readProjectFile(FILE));
  texts = blocks.filter(({ kind }) => kind === 'workflow').map(({ text }) => text);
});
afterAll(() => registry.stop());

test('every example is known, and only the one that needs a cloud is not played', () => {
  expect(texts).toHaveLength(EXAMPLES.length);
  const unplayed = texts.filter((_, index) => EXAMPLES[index]?.jobs === null);
  expect(unplayed).toEqual([expect.stringContaining('aws-role: arn:aws:iam::')]);
});

const PLAYED = EXAMPLES.flatMap(({ about, jobs }, index) => (jobs === null ? [] : [{ about, jobs, index }]));

test.each(PLAYED)('$about', async ({ jobs, index }) => {
  const shop = await createGithubShop(registry.host, project);
  const text = (texts[index] ?? '').replace('registry.example.com/acme/shop', shop.registry);
  await shop.repo.write({ '.github/workflows/images.yml': text });
  await shop.repo.commit();
  const secrets = { REGISTRY_PASSWORD: 'open-sesame', NPM_TOKEN: 'npm-open-sesame' };
  const done = await shop.play({ secrets, env: { HEPHY_REGISTRY: shop.registry } });
  expect(done).toMatchObject({ code: 0 });
  expect(done.jobs).toEqual(jobs.map((id) => ({ id, result: 'success' })));
  expect(done.log).not.toContain('open-sesame');
  expect(await crane('ls', shop.registry)).toContain('check-latest');
});
