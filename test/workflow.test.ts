import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { SETTINGS } from '../src/config/settings-table.ts';

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
}
interface Job {
  readonly steps: readonly Step[];
  readonly permissions?: object;
}
type Described = Readonly<Record<string, { readonly description: string }>>;
interface Workflow {
  readonly on: { readonly workflow_call: { readonly inputs: Described; readonly secrets: Described } };
  readonly jobs: Readonly<Record<string, Job>>;
}

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const workflow: Workflow = parse(read('.github/workflows/build.yml'));
const action: { readonly inputs: Described } = parse(read('action.yml'));
const { inputs, secrets } = workflow.on.workflow_call;

function given(job: string): Readonly<Record<string, string>> {
  return workflow.jobs[job]?.steps.find(({ uses }) => uses === './hephy-builder')?.with ?? {};
}

/** Of the plan, or of the machine: https://docs.github.com/actions/how-tos/reuse-automations/reuse-workflows */
const EVERYWHERE = SETTINGS.map(({ input }) => input);

test('every setting is an input, in the words of the action, and prepare gets it', () => {
  expect(EVERYWHERE.filter((name) => !(name in inputs))).toEqual([]);
  const own = ['registry', ...Object.keys(inputs)].filter((name) => name in action.inputs);
  expect(own.map((name) => inputs[name]?.description)).toEqual(
    own.map((name) => action.inputs[name]?.description),
  );
  expect(EVERYWHERE.filter((name) => !given('prepare')[name]?.includes(`inputs.${name}`))).toEqual([]);
});

test.each(['prepare', 'build', 'manifest'])('%s passes nothing on that the action does not take', (job) => {
  expect(Object.keys(given(job)).filter((name) => !(name in action.inputs))).toEqual([]);
  expect(given(job)['step']).toBe(job);
  expect(given(job)['working-directory']).toBe('source');
});

/** What a machine decides for itself; all else stands in the plan. */
const OF_THE_MACHINE = {
  build: [
    'registry',
    'jobs',
    'rebuild',
    'redact',
    'insecure-registries',
    'registry-mirrors',
    'kaniko-image',
    'buildkit-image',
  ],
  manifest: ['registry', 'redact', 'insecure-registries'],
};

const LOGINS = EVERYWHERE.filter((name) => /^(registry-username|aws|google|azure|id-token)/.test(name));

test.each(Object.entries(OF_THE_MACHINE))('%s gets the plan and what it decides by itself', (job, names) => {
  expect(Object.keys(given(job))).toEqual(
    expect.arrayContaining(['plan', ...names, ...LOGINS, 'registry-password']),
  );
});

test('every input and secret is used', () => {
  const text = read('.github/workflows/build.yml');
  expect(Object.keys(inputs).filter((name) => !text.includes(`inputs.${name} `))).toEqual([]);
  expect(Object.keys(secrets).filter((name) => !text.includes(`secrets.${name} `))).toEqual([]);
});

test('what is used of others is pinned to a commit, and is nothing but the checkout', () => {
  const used = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
  const pins = new Set(used.filter((name) => name !== './hephy-builder'));
  expect([...pins]).toEqual([expect.stringMatching(/^actions\/checkout@[0-9a-f]{40}$/)]);
});

test('no job asks for more than its caller may have, and the check asks for nothing', () => {
  const asked = Object.entries(workflow.jobs).map(([name, { permissions }]) => [name, permissions]);
  expect(Object.fromEntries(asked)).toEqual({
    prepare: undefined,
    build: undefined,
    manifest: undefined,
    hephy: {},
  });
});
