import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HephyError } from '../../errors.ts';
import { createTempDir } from '../../../test/support/git-repo.ts';
import type { Summary } from '../ci.ts';
import { openGithubCi } from './github.ts';

async function record(env: Record<string, string>) {
  const written: string[] = [];
  return { ci: await openGithubCi({ env, write: (text) => void written.push(text) }), written };
}

/** The runner makes its files before a step starts. */
async function runnerFile(name: string): Promise<string> {
  const path = join(await createTempDir(), name);
  await writeFile(path, '');
  return path;
}

test('the event is read from the environment and the payload, and a broken payload is none', async () => {
  const path = join(await createTempDir(), 'event.json');
  await writeFile(path, JSON.stringify({ before: 'b'.repeat(40) }));
  const env = { GITHUB_EVENT_NAME: 'push', GITHUB_EVENT_PATH: path, GITHUB_REF: 'refs/heads/x' };
  expect((await record(env)).ci.event().before).toBe('b'.repeat(40));
  await writeFile(path, '{');
  expect((await record(env)).ci.event().before).toBe(null);
  expect((await record({ ...env, GITHUB_EVENT_PATH: '/nonexistent' })).ci.event().kind).toBe('push');
});

test('inputs have kebab-case names, and an empty one is absent', async () => {
  const { ci } = await record({ 'INPUT_MAX-JOBS': ' 4 ', INPUT_BACKEND: '' });
  expect(ci.input('max-jobs')).toBe('4');
  expect(ci.input('backend')).toBe(undefined);
});

test.each([
  ['https://github.com', 'ghcr.io/acme/shop'],
  ['https://git.example.com:8443', 'containers.git.example.com:8443/acme/shop'],
])('the registry of %s', async (GITHUB_SERVER_URL, expected) => {
  const { ci } = await record({ GITHUB_SERVER_URL, GITHUB_REPOSITORY: 'Acme/Shop' });
  expect(ci.defaultRegistry()).toBe(expected);
});

test('outputs of any shape can be read back', async () => {
  const path = await runnerFile('output');
  const { ci } = await record({ GITHUB_OUTPUT: path });
  const values = ['', 'one', 'two\nlines\n', 'x<<EOF\nEOF\n', '%0A'];
  for (const [index, value] of values.entries()) ci.setOutput(`o${index}`, value);
  const found = [...(await readFile(path, 'utf8')).matchAll(/^(\w+)<<(\S+)\n([^]*?)\n\2\n/gm)];
  expect(found.map((match) => match[3])).toEqual(values);
  expect(new Set(found.map((match) => match[2])).size).toBe(values.length);
});

test('a summary is appended until the limit of a step is reached', async () => {
  const path = await runnerFile('summary');
  const { ci } = await record({ GITHUB_STEP_SUMMARY: path });
  await ci.summary(summaryOf('# One'));
  await ci.summary(summaryOf('x'.repeat(1024 * 1024)));
  await ci.summary(summaryOf('two\n'));
  expect(await readFile(path, 'utf8')).toBe('# One\ntwo\n');
  const again = await record({ GITHUB_STEP_SUMMARY: path });
  await again.ci.summary(summaryOf('y'.repeat(1024 * 1024 - 4)));
  expect(await readFile(path, 'utf8')).toBe('# One\ntwo\n');
});

test('a file that cannot be written is an error, and outside of a runner there is none', async () => {
  const GITHUB_OUTPUT = join(await createTempDir(), 'none');
  const broken = await record({ GITHUB_OUTPUT });
  expect(() => broken.ci.setOutput('a', 'b')).toThrowWithCode('CI_FILE');
  const outside = await record({});
  outside.ci.setOutput('a', 'b');
  await outside.ci.summary(summaryOf('# One'));
  expect(outside.written).toEqual([]);
});

function summaryOf(markdown: string): Summary {
  return { markdown: () => markdown, html: () => 'GitHub shows no HTML' };
}

test('what was published is told in two outputs, and neither tells a host', async () => {
  const path = await runnerFile('output');
  const { ci } = await record({ GITHUB_OUTPUT: path });
  const reference = 'registry.example.com/shop@sha256:ab';
  const image = { variable: 'X', tags: ['t1', 't2'], digest: 'sha256:ab', reference };
  ci.handOver([
    { ...image, name: 'api' },
    { ...image, name: '__proto__' },
  ]);
  const found = [...(await readFile(path, 'utf8')).matchAll(/^(\w+)<<(\S+)\n([^]*?)\n\2\n/gm)];
  expect(found.map(([, name, , value]) => [name, value])).toEqual([
    ['digests', '{"api":"sha256:ab","__proto__":"sha256:ab"}'],
    ['tags', '{"api":["t1","t2"],"__proto__":["t1","t2"]}'],
  ]);
});

test('a group is open until it is closed', async () => {
  const { ci, written } = await record({});
  const close = ci.group('a\n::error::b');
  expect(written).toEqual(['::group::a%0A::error::b\n']);
  close();
  expect(written).toEqual(['::group::a%0A::error::b\n', '::endgroup::\n']);
});

test('an annotation stands on its line', async () => {
  const { ci, written } = await record({});
  const at = { file: 'a,b:c%.yaml', line: 12, column: 5 };
  ci.annotate(new HephyError('CONFIG_PLATFORM', 'unknown\nplatform', { at, hint: 'Do this.' }));
  ci.annotate(new HephyError('USAGE', 'no place'));
  expect(written).toEqual([
    '::error title=CONFIG_PLATFORM,file=a%2Cb%3Ac%25.yaml,line=12,col=5::unknown%0Aplatform%0ADo this.\n',
    '::error title=USAGE::no place\n',
  ]);
});

test('whatever a problem says stays one command on one line', async () => {
  const { ci, written } = await record({});
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (message, file) => {
      ci.annotate(new HephyError('USAGE', message, { at: { file, line: 1 } }));
      const line = written.pop() ?? '';
      expect(line.slice(0, -1)).not.toMatch(/[\r\n]/);
      const [, properties = '', ...data] = line.slice(0, -1).split('::');
      expect(properties.split(',').length).toBe(file === '' ? 2 : 3);
      expect(decodeData(data.join('::'))).toBe(message);
    }),
  );
});

function decodeData(text: string): string {
  return text.replaceAll('%0A', '\n').replaceAll('%0D', '\r').replaceAll('%25', '%');
}
