import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { createTempDir } from '../../../test/support/git-repo.ts';
import { SETTINGS } from '../../config/settings-table.ts';
import { isAction, openAction } from './action.ts';

type Inputs = Record<string, { description: string }>;
const action: { inputs: Inputs; outputs: Inputs; runs: Record<string, string> } = parse(
  readFileSync(new URL('../../../action.yml', import.meta.url), 'utf8'),
);

let temp: string;
let env: Record<string, string>;
let told: string[];
beforeEach(async () => {
  temp = await createTempDir();
  told = [];
  await writeFile(join(temp, 'state'), '');
  await mkdir(join(temp, 'runner'));
  const place = {
    GITHUB_STATE: join(temp, 'state'),
    RUNNER_TEMP: join(temp, 'runner'),
    GITHUB_WORKSPACE: temp,
  };
  env = { GITHUB_ACTIONS: 'true', INPUT_STEP: 'all', ...place };
});

function open(more: Record<string, string> = {}) {
  const host = {
    cwd: '/',
    write: (text: string) => told.push(text),
    hide: (text: string) => told.push(`hide ${text}`),
  };
  return openAction({ ...env, ...more }, { ...host, write: (text) => void host.write(text) });
}

/** As the runner reads the file: https://github.com/actions/runner */
async function savedState(): Promise<Record<string, string>> {
  const text = await readFile(join(temp, 'state'), 'utf8');
  const saved = [...text.matchAll(/^(\w+)<<(\S+)\n([^]*?)\n\2\n/gm)];
  return Object.fromEntries(saved.map(([, name, , value]) => [`STATE_${name}`, value ?? '']));
}

test('every setting is an input, and every input and output says what it is', () => {
  const missing = SETTINGS.map(({ input }) => input).filter((name) => !(name in action.inputs));
  expect(missing).toEqual([]);
  const described = [...Object.values(action.inputs), ...Object.values(action.outputs)];
  expect(described.filter(({ description }) => description.length < 20)).toEqual([]);
  expect(action.runs).toEqual({
    using: 'node24',
    main: 'dist/index.js',
    post: 'dist/index.js',
    'post-if': 'always()',
  });
});

test('is one on GitHub with a step, and in its post part', () => {
  expect(isAction({ INPUT_STEP: 'all' })).toBe(false);
  expect(isAction({ GITHUB_ACTIONS: 'true' })).toBe(false);
  expect(isAction({ GITHUB_ACTIONS: 'true', INPUT_STEP: 'all' })).toBe(true);
  expect(isAction({ GITHUB_ACTIONS: 'true', STATE_isPost: 'true' })).toBe(true);
});

test('the plan goes into a file that the post part removes with all that the step left', async () => {
  const call = await open({ INPUT_STEP: 'manifest', INPUT_PLAN: '{"version":2}' });
  const [, flag, file = ''] = call?.argv ?? [];
  expect(flag).toBe('--plan');
  expect(await readFile(file, 'utf8')).toBe('{"version":2}');
  expect(call?.env['HEPHY_STEP_DIRECTORY']).toBe(join(file, '..'));
  expect(await readdir(join(temp, 'runner'))).toHaveLength(1);
  expect(await open(await savedState())).toBe(undefined);
  expect(await readdir(join(temp, 'runner'))).toEqual([]);
  expect(await open(await savedState())).toBe(undefined);
});

test('variables and secrets join the environment, and change nothing that the platform says', async () => {
  const call = await open({
    INPUT_VARIABLES: 'GO_VERSION=1.26\nGITHUB_REF=refs/heads/other',
    'INPUT_BUILD-SECRETS': 'NPM_TOKEN=open-sesame\nKEY<<END\nfirst line\nsecond line\nEND',
    GITHUB_REF: 'refs/heads/main',
  });
  expect(call?.env).toMatchObject({
    GO_VERSION: '1.26',
    GITHUB_REF: 'refs/heads/main',
    NPM_TOKEN: 'open-sesame',
    KEY: 'first line\nsecond line',
  });
  expect(told).toEqual([
    '::add-mask::open-sesame\n',
    'hide open-sesame',
    '::add-mask::first line\n',
    '::add-mask::second line\n',
    'hide first line\nsecond line',
  ]);
});

test('it works where the repository was checked out', async () => {
  expect((await open())?.cwd).toBe(temp);
  await mkdir(join(temp, 'source'));
  expect((await open({ 'INPUT_WORKING-DIRECTORY': 'source' }))?.cwd).toBe(join(temp, 'source'));
  await expect(open({ 'INPUT_WORKING-DIRECTORY': 'other' })).rejects.toThrowWithCode('USAGE');
});

test('what a step that could not start left is removed too', async () => {
  await expect(open({ INPUT_STEP: 'build' })).rejects.toThrowWithCode('USAGE');
  expect(await open(await savedState())).toBe(undefined);
  expect(await readdir(join(temp, 'runner'))).toEqual([]);
});
