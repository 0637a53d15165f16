import { tmpdir } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { childEnv, readEnv } from '../env.ts';
import { exec, splitLines, type Command } from './exec.ts';

function node(script: string, rest: Partial<Command> = {}): Command {
  return { file: process.execPath, args: ['-e', script], cwd: tmpdir(), env: childEnv(readEnv()), ...rest };
}

test('both streams, the exit code and the input', async () => {
  const script =
    'process.stdin.on("data", d => process.stdout.write(d)).on("end", () => { console.error("no"); process.exitCode = 3 })';
  const done = await exec(node(script, { input: 'yes' }));
  expect([done.exitCode, done.stdout.toString(), done.stderr.toString(), done.timedOut]).toEqual([
    3,
    'yes',
    'no\n',
    false,
  ]);
});

test('arguments are no shell’s business', async () => {
  const hostile = ['$(id)', '`id`', '; id', '"', "'", 'a b', '*', '\n', ''];
  const done = await exec(
    node('console.log(JSON.stringify(process.argv.slice(1)))', {
      args: ['-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', ...hostile],
    }),
  );
  expect(JSON.parse(done.stdout.toString())).toEqual(hostile);
});

test('lines come whole, whatever the chunks', () => {
  const lines: string[] = [];
  const splitter = splitLines((line) => lines.push(line));
  const bytes = Buffer.from('grün\r\nzwei\n\nrest');
  for (const byte of bytes) splitter.push(Uint8Array.of(byte));
  splitter.end();
  expect(lines).toEqual(['grün', 'zwei', '', 'rest']);
});

test('of endless output the end is kept', async () => {
  const done = await exec(node('for (let i = 0; i < 20000; i += 1) console.log(i)', { keepBytes: 100 }));
  expect(done.stdout.length).toBe(100);
  expect(done.stdout.toString()).toMatch(/19998\n19999\n$/);
});

test('a program that does not exist names itself', async () => {
  await expect(exec({ ...node(''), file: 'no-such-program' })).rejects.toThrowWithCode('TOOL_MISSING');
});

test('a child that ignores its input does not break the run', async () => {
  const done = await exec(node('process.exit(0)', { input: 'x'.repeat(1 << 20) }));
  expect(done.exitCode).toBe(0);
});

test('stopping a child stops what it started', async () => {
  const stop = new AbortController();
  const inner = 'setInterval(() => {}, 1000)';
  const outer = `const c = require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(inner)}], { stdio: "ignore" }); console.log(c.pid); ${inner}`;
  let grandchild = 0;
  const running = exec(
    node(outer, {
      signal: stop.signal,
      onLine: (line) => {
        grandchild = Number(line);
        stop.abort();
      },
    }),
  );
  expect((await running).exitCode).toBe(null);
  expect(await isGone(grandchild)).toBe(true);
});

test('a child that takes too long is ended, and says so', async () => {
  const done = await exec(node('setInterval(() => {}, 1000)', { timeoutMs: 200 }));
  expect([done.exitCode, done.timedOut]).toEqual([null, true]);
});

/** An orphan is reaped by init in its own time; signal 0 tells whether it still runs. */
async function isGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

describe('a program with a short answer', () => {
  const short = { answer: 'short', cwd: tmpdir(), env: { PATH: '/usr/bin:/bin', ONLY: 'this' } } as const;

  test('is read to its end, with the given environment', async () => {
    const script = 'env | grep -v ^_=; printf "é\\0x" >&2; exit 3';
    const done = await exec({ ...short, file: 'sh', args: ['-c', script] });
    expect(done).toMatchObject({ exitCode: 3, timedOut: false });
    expect(done.stdout.toString().split('\n').sort()).toEqual(expect.arrayContaining(['ONLY=this']));
    expect(done.stdout.toString()).not.toMatch(/^HOME=/m);
    expect(done.stderr.toString()).toBe('é\0x');
  });

  test('gets its arguments as they are', async () => {
    const args = ['%s|', '$(id)', 'a b', '"', "'", '', '-n', '\\'];
    const done = await exec({ ...short, file: 'printf', args });
    expect(done.stdout.toString()).toBe(
      args
        .slice(1)
        .map((one) => `${one}|`)
        .join(''),
    );
  });

  test('that a signal ends has no exit code', async () => {
    const done = await exec({ ...short, file: 'sh', args: ['-c', 'kill -9 $$'] });
    expect(done.exitCode).toBe(null);
  });

  test('that is missing, or has no directory to run in, is an error', async () => {
    const missing = exec({ ...short, file: 'hephy-no-such-program', args: [] });
    await expect(missing).rejects.toThrowWithCode('TOOL_MISSING');
    const nowhere = exec({ ...short, file: 'true', args: [], cwd: '/nonexistent' });
    await expect(nowhere).rejects.toThrowWithCode('TOOL_MISSING');
  });
});
