import { expect, test } from '@jest/globals';
import { listen } from '../../../test/support/loopback.ts';
import { isDebug } from '../env.ts';
import { exec } from '../process/exec.ts';
import { createHttp } from '../http/http.ts';
import { listenToTrace, showCommand, trace } from './trace.ts';

async function traced(run: () => Promise<unknown>): Promise<readonly string[]> {
  const heard: string[] = [];
  const stop = listenToTrace((text) => heard.push(text));
  try {
    await run();
  } finally {
    stop();
  }
  return heard;
}

test('every command is told, with how it ended', async () => {
  const args = ['-e', 'process.exit(3)'];
  const heard = await traced(() => exec({ file: process.execPath, args, cwd: '/', env: {} }));
  expect(heard[0]).toBe(`$ ${process.execPath} -e "process.exit(3)"  (in /)`);
  expect(heard[1]).toMatch(/ ended with 3 after \d+ ms$/);
});

test('every request is told, without what may be signed or secret', async () => {
  const server = await listen((_, response) => response.writeHead(404).end());
  const url = `http://${server.host}`;
  const http = createHttp({});
  const heard = await traced(() =>
    http.send({
      method: 'GET',
      url: new URL('/v2/x?signature=s', url),
      headers: { authorization: 'Bearer t' },
    }),
  );
  http.close();
  await server.stop();
  expect(heard).toEqual([`GET ${url}/v2/x answered 404`]);
});

test('without a listener nothing is made', () => {
  trace(() => {
    throw new Error('nobody asked');
  });
});

test('words with anything odd in them are quoted', () => {
  expect(showCommand(['ko', '--tags=a,b', 'two words', '', '\x1b[31m"'])).toBe(
    'ko --tags=a,b "two words" "" "\\u001b[31m\\""',
  );
});

test.each([
  [{ HEPHY_DEBUG: '1' }, true],
  [{ RUNNER_DEBUG: '1' }, true],
  [{ CI_DEBUG_TRACE: 'true' }, true],
  [{ HEPHY_DEBUG: '0', CI_DEBUG_TRACE: 'false' }, false],
])('%j asks for details: %s', (env, expected) => {
  expect(isDebug(env)).toBe(expected);
});
