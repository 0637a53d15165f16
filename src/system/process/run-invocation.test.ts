import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ExecOutcome, Invocation } from '../../domain/invocation.ts';
import { runInvocation, type RunContext } from './run-invocation.ts';

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'hephy-run-'));
});
afterEach(() => rm(scratch, { recursive: true }));

/** Runs a shell script as the tool. That the domain's types fit the room's own is checked by the compiler. */
function run(
  script: string,
  changes: Partial<Invocation> = {},
  context: Partial<RunContext> = {},
): Promise<ExecOutcome> {
  const invocation: Invocation = {
    tool: 'sh',
    args: ['-c', script],
    cwd: scratch,
    env: {},
    passEnv: [],
    files: [],
    ...changes,
  };
  const plain = { toolPath: '/bin/sh', env: { PATH: '/usr/bin:/bin' }, resultFiles: [] };
  return runInvocation(invocation, { ...plain, redact: (line) => line, ...context });
}

test('files stand before it starts, results are read after, and what it did not write is absent', async () => {
  const [given, left, never] = ['a/b/in', 'out', 'never'].map((name) => join(scratch, name));
  const files = [{ path: String(given), content: 'naïve\n' }];
  const outcome = await run('cat a/b/in > out', { files }, { resultFiles: [String(left), String(never)] });
  expect(outcome).toMatchObject({ exitCode: 0, timedOut: false, files: { [String(left)]: 'naïve\n' } });
  expect(Object.keys(outcome.files)).toEqual([left]);
});

test('a secret is for its owner only, also where an older file was for all', async () => {
  const path = join(scratch, 'token');
  await writeFile(path, 'old', { mode: 0o666 });
  await run('true', { files: [{ path, content: 'new', secret: true }] });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readFile(path, 'utf8')).toBe('new');
});

test('a result of an earlier try is not taken for this one', async () => {
  const path = join(scratch, 'digest');
  await writeFile(path, 'sha256:old');
  expect((await run('exit 3', {}, { resultFiles: [path] })).files).toEqual({});
});

test('the environment is the minimum, what is passed by name, and what the invocation sets, which wins', async () => {
  const env = { PATH: '/usr/bin:/bin', HOME: '/h', TOKEN: 'secret', KO_A: 'a', KO_B: 'b' };
  const { stdout } = await run('env', { passEnv: ['KO_*'], env: { KO_B: 'ours', NEW: "a'b c" } }, { env });
  const seen = stdout.split('\n').filter((line) => !/^(PWD|SHLVL|OLDPWD|_)=/.test(line) && line !== '');
  expect(seen.sort()).toEqual(['HOME=/h', 'KO_A=a', 'KO_B=ours', "NEW=a'b c", 'PATH=/usr/bin:/bin']);
});

test('every line is redacted before anyone sees it, both streams in their order', async () => {
  const lines: string[] = [];
  const redact = (line: string) => line.replaceAll('hunter2', '***');
  const context = { redact, onLine: (line: string) => lines.push(line) };
  const outcome = await run('echo hunter2; echo done', {}, context);
  expect(lines).toEqual(['***', 'done']);
  expect(outcome.output).toBe('***\ndone');
  expect(outcome.stdout).toBe('***\ndone\n');
  expect((await run('echo hunter2 >&2; exit 4', {}, context)).exitCode).toBe(4);
  expect(lines.at(-1)).toBe('***');
});

test('of a very long log the end is kept', async () => {
  const { output } = await run('seq 1 5000');
  expect(output.split('\n').at(-1)).toBe('5000');
  expect(output.split('\n')).toHaveLength(1000);
});

test('what cannot be started says why', async () => {
  await expect(run('true', { cwd: join(scratch, 'nowhere') })).rejects.toThrowWithCode('CONFIG_PATH');
  await expect(run('true', { args: ['a\0b'] })).rejects.toThrowWithCode('CONFIG_VALUE');
  await expect(run('true', { env: { A: 'a\0b' } })).rejects.toThrowWithCode('CONFIG_VALUE');
  await expect(run('true', {}, { toolPath: join(scratch, 'none') })).rejects.toThrowWithCode('TOOL_MISSING');
});

test('an interruption stops the tool and what it started, and is no failed build', async () => {
  const stop = new AbortController();
  const context = { signal: stop.signal, onLine: () => stop.abort() };
  await expect(run('sleep 60 & echo started; wait', {}, context)).rejects.toThrowWithCode('CANCELLED');
  await expect(run('touch late', {}, context)).rejects.toThrowWithCode('CANCELLED');
  await expect(stat(join(scratch, 'late'))).rejects.toThrow();
});
