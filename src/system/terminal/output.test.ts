import { spawn } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { Terminal } from '../../../test/support/terminal.ts';
import { createOutput } from './output.ts';
import { createRedactor } from './redact.ts';
import type { Env } from '../env.ts';

function open(options: { env?: Env; tty?: boolean; stdout?: Terminal } = {}) {
  const size = options.tty ? { columns: 40, rows: 10 } : null;
  const stdout = options.stdout ?? new Terminal(size);
  const stderr = new Terminal(size);
  const redactor = createRedactor();
  redactor.add('hunter2hunter2');
  const output = createOutput({ stdout, stderr, env: options.env ?? {}, redactor });
  return { output, stdout, stderr };
}

test('what was asked for goes to standard output, all else to standard error', () => {
  const { output, stdout, stderr } = open();
  output.data('{"a": 1}');
  output.data('table\n');
  output.info('one\ntwo');
  output.warn('careful');
  output.error('broken');
  output.prefixed('web/linux-arm64')('npm ci');
  expect(stdout.written).toBe('{"a": 1}\ntable\n');
  expect(stderr.written).toBe('one\ntwo\nwarning: careful\nbroken\n[web/linux-arm64] npm ci\n');
});

test('everything is redacted', () => {
  const { output, stdout, stderr } = open();
  output.data('{"t": "hunter2hunter2"}');
  output.info('123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop');
  output.prefixed('api')('login hunter2hunter2');
  output.draw('\x1b[2Khunter2hunter2');
  expect(output.clean('hunter2hunter2')).toBe('***');
  expect(stdout.written).toBe('{"t": "***"}\n');
  expect(stderr.written).toBe('<ECR-REGISTRY>/shop\n[api] login ***\n\x1b[2K***');
});

test('a child can neither steer the terminal nor forge a prefix nor command the runner', () => {
  const { output, stderr } = open({ env: { GITHUB_ACTIONS: 'true' } });
  output.prefixed('api')('\x1b[2Jx\n::add-mask::y ##[group]z');
  output.info('  ::error::x');
  expect(stderr.written).toBe('[api] x\n[api] ::add-mask::y # #[group]z\n  : :error::x\n');
});

describe('colours and redrawing', () => {
  test.each([
    { env: {}, tty: true, colours: true, interactive: true },
    { env: {}, tty: false, colours: false, interactive: false },
    { env: { NO_COLOR: '1' }, tty: true, colours: false, interactive: true },
    { env: { NO_COLOR: '' }, tty: true, colours: true, interactive: true },
    { env: { FORCE_COLOR: '1' }, tty: false, colours: true, interactive: false },
    { env: { FORCE_COLOR: '1', NO_COLOR: '1' }, tty: false, colours: true, interactive: false },
    { env: { FORCE_COLOR: '0' }, tty: true, colours: false, interactive: true },
    { env: { TERM: 'dumb' }, tty: true, colours: false, interactive: false },
    { env: { CI: 'true' }, tty: true, colours: true, interactive: false },
  ])('%j', ({ env, tty, colours, interactive }) => {
    const { stdout, stderr } = open({ env, tty }).output;
    expect(stderr.colours).toBe(colours);
    expect(stderr.interactive).toBe(interactive);
    expect(stdout.columns()).toBe(tty ? 40 : undefined);
  });
});

test('a terminal that nobody gave a size cuts nothing', () => {
  const { stdout } = open({ stdout: new Terminal({ columns: 0, rows: 0 }) }).output;
  expect([stdout.columns(), stdout.rows()]).toEqual([undefined, undefined]);
});

test('lines are printed above a live display, which the end of the process takes down', () => {
  const { output, stderr } = open({ tty: true });
  const calls: string[] = [];
  const before = process.listenerCount('exit');
  output.setLive({
    hide: () => calls.push(`hide ${stderr.written}`),
    show: () => calls.push(`show ${stderr.written}`),
    restore: () => calls.push('restore'),
  });
  output.info('x');
  expect(calls).toEqual(['hide ', 'show x\n']);
  expect(process.listenerCount('exit')).toBe(before + 1);
  output.setLive(null);
  output.info('y');
  expect(calls).toHaveLength(2);
  expect(process.listenerCount('exit')).toBe(before);
});

describe('a stream that goes away', () => {
  function broken(code: string) {
    return new Terminal(null, Object.assign(new Error(code), { code }));
  }

  test('ends the output without a word', async () => {
    const { output } = open({ stdout: broken('EPIPE') });
    output.data('x');
    output.data('y');
    await expect(output.flush()).resolves.toBe(undefined);
  });

  test('is told of where the text was not delivered', async () => {
    const { output } = open({ stdout: broken('ENOSPC') });
    output.data('x');
    await expect(output.flush()).rejects.toThrowWithCode('OUTPUT_WRITE');
  });

  test('is survived on a real pipe whose reader has left', async () => {
    const reader = spawn(process.execPath, ['-e', ''], { stdio: ['pipe', 'ignore', 'ignore'] });
    await new Promise((resolve) => reader.once('exit', resolve));
    const redactor = createRedactor();
    const output = createOutput({ stdout: reader.stdin, stderr: new Terminal(null), env: {}, redactor });
    for (let line = 0; line < 100; line++) output.data('x'.repeat(10_000));
    await expect(output.flush()).resolves.toBe(undefined);
  });
});

test.each([
  [{}, 'debug: 100% ***\ndebug: two\n'],
  [{ GITHUB_ACTIONS: 'true', RUNNER_DEBUG: '1' }, '::debug::100%25 ***\n::debug::two\n'],
  // Without debug logging GitHub would show nothing at all.
  [{ GITHUB_ACTIONS: 'true', HEPHY_DEBUG: '1' }, 'debug: 100% ***\ndebug: two\n'],
])('what is told of details is redacted, and stays in its line: %j', (env, expected) => {
  const { output, stderr } = open({ env });
  output.debug('100% hunter2hunter2\ntwo');
  expect(stderr.written).toBe(expected);
});
