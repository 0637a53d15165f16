import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer, type Server, type Socket } from 'node:net';
import { createGitRepo, createTempDir, TEST_GIT_ENV } from '../../test/support/git-repo.ts';
import { resolveUpstream, type UpstreamRequest } from './upstream.ts';

const SHA = 'a'.repeat(40);

async function ask(question: Partial<UpstreamRequest> & { url: string }): Promise<string> {
  return resolveUpstream({ ref: 'main', env: TEST_GIT_ENV, cwd: await createTempDir(), ...question });
}

describe('addresses', () => {
  test.each([
    'https://github.com/kingdon-ci/curl.git',
    'https://git.example.com:8443/a/b',
    'https://[::1]:8443/a/b',
    'ssh://git@github.com/a/b.git',
    'ssh://git.example.com:2222/a/b',
    'git@github.com:a/b.git',
  ])('%s is allowed, and a full commit needs no question', async (url) => {
    expect(await ask({ url, ref: SHA })).toBe(SHA);
  });

  test.each([
    'http://github.com/a/b',
    'git://github.com/a/b',
    'file:///etc',
    '/etc',
    '../other',
    'ext::sh -c id',
    'git@host::ext',
    '-oProxyCommand=id',
    'ssh://-oProxyCommand=id/x',
    '-x@host:path',
    'git@-oProxyCommand=id:path',
    'https://user:secret@github.com/a/b',
    'https://ghp_secret@github.com/a/b',
    'ssh://git:secret@github.com/a/b',
    'https://github.com/a b',
    'https://github.com/a\nb',
    'https://',
    'github.com/a/b',
    '',
  ])('%j is not', async (url) => {
    const error: unknown = await ask({ url, ref: SHA }).catch((reason: unknown) => reason);
    expect(error).toThrowWithCode('UPSTREAM_URL');
    expect(String(error)).not.toContain('secret');
  });
});

describe('refs', () => {
  async function upstream() {
    const repo = await createGitRepo({ a: '1' });
    const first = await repo.git('rev-parse', 'HEAD');
    await repo.git('tag', '-a', '-m', 'x', 'v1.0.0');
    await repo.git('tag', 'both');
    await repo.git('update-ref', 'refs/pull/1/head', first);
    await repo.write({ a: '2' });
    const second = await repo.commit();
    await repo.git('branch', 'feature/deep/x');
    await repo.git('branch', 'both');
    return { url: `file://${repo.dir}`, first, second };
  }

  test('branches, tags and full names give the commit', async () => {
    const { url, first, second } = await upstream();
    const expected = {
      main: second,
      'feature/deep/x': second,
      'v1.0.0': first,
      both: second,
      'refs/tags/both': first,
      'refs/tags/v1.0.0': first,
      'refs/heads/main': second,
      'refs/pull/1/head': first,
      HEAD: second,
    };
    for (const [ref, sha] of Object.entries(expected)) {
      expect([ref, await ask({ url, ref, allowFile: true })]).toEqual([ref, sha]);
    }
    expect(await ask({ url, ref: null, allowFile: true })).toBe(second);
  });

  test.each(['mian', 'deep/x', 'refs/heads/nope', 'a1b2c3d', '--upload-pack=id', '*', ''])(
    '%j is missing',
    async (ref) => {
      const { url } = await upstream();
      await expect(ask({ url, ref, allowFile: true })).rejects.toThrowWithCode('UPSTREAM_REF');
    },
  );

  test('a near miss names what was meant', async () => {
    const { url } = await upstream();
    await expect(ask({ url, ref: 'mian', allowFile: true })).rejects.toThrow('did you mean "main"');
  });
});

describe('remotes that do not answer', () => {
  const servers: Server[] = [];
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  });

  /** Takes connections and, where it is told so, never says a word. */
  async function listen(): Promise<number> {
    const server = createServer((socket) => void sockets.push(socket));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  test('a closed port, a missing repository and a silent server are unreachable', async () => {
    const port = await listen();
    const questions = [
      { url: 'https://127.0.0.1:1/a/b' },
      { url: 'file:///nonexistent/repo', allowFile: true },
      { url: `https://127.0.0.1:${port}/a/b`, timeoutMs: 300 },
    ];
    for (const question of questions) {
      await expect(ask(question)).rejects.toThrowWithCode('UPSTREAM_UNREACHABLE');
    }
  });

  test('no configuration can lead an allowed address to another protocol', async () => {
    const target = await createGitRepo({ a: '1' });
    const cwd = await createGitRepo({ a: '1' });
    await cwd.git('config', `url.file://${target.dir}.insteadOf`, 'https://example.invalid/a');
    const asked = ask({ url: 'https://example.invalid/a', cwd: cwd.dir });
    await expect(asked).rejects.toThrowWithCode('UPSTREAM_UNREACHABLE');
  });
});
