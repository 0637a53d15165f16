import { afterEach, describe, expect, test } from '@jest/globals';
import { lstat, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGitRepo, createTempDir, type GitRepo, TEST_GIT_ENV } from '../../test/support/git-repo.ts';
import { type GitServer, type GitServerOptions, startGitServer } from '../../test/support/git-server.ts';
import { fetchSource, readSourceFile, type SourceOptions } from './source.ts';
import { resolveUpstream } from './upstream.ts';

const servers: GitServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function ask(
  more: Partial<SourceOptions> & Pick<SourceOptions, 'url' | 'commit'>,
): Promise<SourceOptions> {
  const home = await createTempDir();
  return { env: TEST_GIT_ENV, cwd: home, into: join(home, 'source'), allowFile: true, ...more };
}

/** A repository with two commits, the first of which no ref names. */
async function upstream(): Promise<{ repo: GitRepo; url: string; old: string; tip: string }> {
  const repo = await createGitRepo({ 'src/main.c': 'old', Dockerfile: 'FROM old\n' });
  const old = await repo.git('rev-parse', 'HEAD');
  await repo.write({ 'src/main.c': 'new', Dockerfile: 'FROM new\n' });
  return { repo, url: `file://${repo.dir}`, old, tip: await repo.commit() };
}

async function serve(
  repo: GitRepo,
  options?: GitServerOptions,
): Promise<{ server: GitServer; env: Record<string, string> }> {
  const server = await startGitServer(join(repo.dir, '..'), options);
  servers.push(server);
  const ca = join(await createTempDir(), 'ca.pem');
  await writeFile(ca, server.certificate);
  return { server, env: { ...TEST_GIT_ENV, GIT_SSL_CAINFO: ca } };
}

describe('what is fetched', () => {
  test('the files of exactly that commit, its time, and nothing of git', async () => {
    const { url, old } = await upstream();
    const request = await ask({ url, commit: old });
    expect(await fetchSource(request)).toEqual({ root: request.into, commitTime: 1795176000 });
    expect((await readdir(request.into)).sort()).toEqual(['Dockerfile', 'src']);
    expect(await readFile(join(request.into, 'src/main.c'), 'utf8')).toBe('old');
  });

  test('a server that names only branches and tags is asked for all of them', async () => {
    const { repo, old, tip } = await upstream();
    const { server, env } = await serve(repo);
    const plain = {
      ...env,
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'protocol.version',
      GIT_CONFIG_VALUE_0: '0',
    };
    const url = `${server.url}/repo`;
    for (const commit of [old, tip]) {
      const request = await ask({ url, commit, env: plain });
      await fetchSource(request);
      expect(await readFile(join(request.into, 'src/main.c'), 'utf8')).toBe(commit === old ? 'old' : 'new');
    }
    const gone = fetchSource(await ask({ url, commit: 'a'.repeat(40), env: plain }));
    await expect(gone).rejects.toThrowWithCode('UPSTREAM_REF');
  });

  test('links stay links, modes stay modes, and no setting of this machine changes a line end', async () => {
    const { repo, url } = await upstream();
    await repo.write({ 'run.sh': 'a\nb\n', '.gitattributes': '*.sh filter=evil\n' });
    await repo.link('link', '../../etc/passwd');
    await repo.git('update-index', '--add', '--chmod=+x', 'run.sh');
    await repo.git('update-index', '--add', '.gitattributes', 'link');
    await repo.git('commit', '-q', '-m', 'x');
    const env = {
      ...TEST_GIT_ENV,
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.autocrlf',
      GIT_CONFIG_VALUE_0: 'true',
    };
    const request = await ask({ url, commit: await repo.git('rev-parse', 'HEAD'), env });
    await fetchSource(request);
    expect(await readFile(join(request.into, 'run.sh'), 'utf8')).toBe('a\nb\n');
    expect((await lstat(join(request.into, 'run.sh'))).mode & 0o111).not.toBe(0);
    expect((await lstat(join(request.into, 'link'))).isSymbolicLink()).toBe(true);
  });

  test('hooks of a template do not run', async () => {
    const { url, tip } = await upstream();
    const template = await createTempDir();
    const trace = join(template, 'ran');
    const hooks = await createGitRepo({ 'post-checkout': `#!/bin/sh\ntouch '${trace}'\n` });
    await hooks.git('update-index', '--chmod=+x', 'post-checkout');
    const settings = { 'init.templateDir': template, 'core.hooksPath': hooks.dir };
    const env = { ...TEST_GIT_ENV, ...settingsOf(settings) };
    await fetchSource(await ask({ url, commit: tip, env }));
    expect(await readdir(template)).toEqual([]);
  });

  test('submodules come when they are asked for, relative addresses included', async () => {
    const { repo } = await upstream();
    const part = await createGitRepo({ 'part.txt': 'part' });
    await repo.git('clone', '-q', '--bare', part.dir, '../part.git');
    await repo.git('submodule', '--quiet', 'add', '../part.git', 'deps/part');
    const commit = await repo.commit();
    const without = await ask({ url: `file://${repo.dir}`, commit });
    await fetchSource(without);
    expect(await readdir(join(without.into, 'deps/part'))).toEqual([]);
    const request = { ...without, into: `${without.into}-2`, submodules: true };
    await fetchSource(request);
    expect(await readdir(join(request.into, 'deps/part'))).toEqual(['part.txt']);
  });

  test('a submodule cannot name another protocol', async () => {
    const { repo, url } = await upstream();
    await repo.write({ '.gitmodules': '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c id\n' });
    await repo.git('add', '.gitmodules');
    await repo.git('update-index', '--add', '--cacheinfo', `160000,${'b'.repeat(40)},x`);
    await repo.git('commit', '-q', '-m', 'x');
    const request = await ask({ url, commit: await repo.git('rev-parse', 'HEAD'), submodules: true });
    await expect(fetchSource(request)).rejects.toThrowWithCode('UPSTREAM_UNREACHABLE');
  });
});

describe('Git LFS', () => {
  test('pointers stay pointers until more is asked for; then git-lfs is, and must be there', async () => {
    const { url, tip } = await upstream();
    const bin = await createTempDir();
    const request = await ask({ url, commit: tip, lfs: true });
    await expect(fetchSource(request)).rejects.toThrowWithCode('TOOL_MISSING');
    const pull = 'test "$1" = version || echo large > src/main.c';
    await writeFile(join(bin, 'git-lfs'), `#!/bin/sh\n${pull}\n`, { mode: 0o755 });
    const env = { ...TEST_GIT_ENV, PATH: `${bin}:${TEST_GIT_ENV.PATH}` };
    for (const [lfs, content] of [
      [false, 'new'],
      [true, 'large\n'],
    ] as const) {
      const into = `${request.into}-${content.trim()}`;
      await fetchSource({ ...request, env, lfs, into });
      expect(await readFile(join(into, 'src/main.c'), 'utf8')).toBe(content);
    }
  });
});

function settingsOf(settings: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(settings).flatMap(([name, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, name],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(Object.keys(settings).length), ...Object.fromEntries(entries) };
}

describe('one file', () => {
  test('is read without the others, through links that stay inside', async () => {
    const { repo } = await upstream();
    await repo.link('deploy/Dockerfile', '../Dockerfile');
    await repo.link('out', '/etc/passwd');
    const commit = await repo.commit();
    const { server, env } = await serve(repo);
    const read = async (path: string) =>
      readSourceFile(await ask({ url: `${server.url}/repo`, commit, env }), path);
    for (const path of ['Dockerfile', 'deploy/Dockerfile'])
      expect(String(await read(path))).toBe('FROM new\n');
    for (const path of ['out', 'src', 'missing', 'a\nb']) expect(await read(path)).toBeUndefined();
  });
});

describe('a private upstream', () => {
  const LOGIN = 'ada:s3cr3t-t0ken';
  const variable = ({ host }: GitServer): string => `HEPHY_UPSTREAM_TOKEN_${host.replace(/[.:]/g, '_')}`;

  test('is reached with the token of its host, which is left nowhere', async () => {
    const { repo, tip } = await upstream();
    const { server, env } = await serve(repo, { login: LOGIN });
    const home = await createTempDir();
    const store = join(home, '.git-credentials');
    const helper = settingsOf({ 'credential.helper': `store --file=${store}` });
    const given = { ...env, ...helper, [variable(server)]: LOGIN };
    const request = await ask({
      url: `${server.url}/repo`,
      commit: tip,
      env: given,
      into: join(home, 'source'),
    });
    expect(await resolveUpstream({ ...request, ref: 'main' })).toBe(tip);
    await fetchSource(request);
    expect(String(await readSourceFile({ ...request, into: join(home, 'lean') }, 'Dockerfile'))).toBe(
      'FROM new\n',
    );
    expect((await readdir(home)).sort()).toEqual(['lean', 'source']);
    expect(await readFile(join(home, 'lean/.git/config'), 'utf8')).not.toContain('s3cr3t');
    expect(server.requests).toContain(`git-upload-pack ${LOGIN}`);
  });

  test('takes the job token of the platform that it is on, and of no other', async () => {
    const { repo, tip } = await upstream();
    const { server, env } = await serve(repo, { login: 'gitlab-ci-token:job-t0ken' });
    const request = await ask({ url: `${server.url}/repo`, commit: tip });
    const job = { ...env, CI_JOB_TOKEN: 'job-t0ken' };
    await fetchSource({ ...request, env: { ...job, CI_SERVER_URL: server.url } });
    const elsewhere = {
      ...job,
      HEPHY_UPSTREAM_TOKEN: 'job-t0ken',
      CI_SERVER_URL: 'https://gitlab.example.com',
    };
    const asked = fetchSource({ ...request, into: `${request.into}-2`, env: elsewhere });
    await expect(asked).rejects.toThrowWithCode('UPSTREAM_UNREACHABLE');
    await expect(asked).rejects.toMatchObject({
      hint: expect.stringMatching(
        /set HEPHY_UPSTREAM_TOKEN_127_0_0_1_\d+,.*is for gitlab\.example\.com only/,
      ),
    });
  });

  test('a redirect to another host does not take the token along', async () => {
    const { repo, tip } = await upstream();
    const thief = await serve(repo, { login: 'nobody:knows' });
    const { server, env } = await serve(repo, {
      before: (request, response) => {
        if (!request.headers.authorization) {
          response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
        } else response.writeHead(302, { location: `${thief.server.url}${request.url ?? ''}` }).end();
        return true;
      },
    });
    const both = join(await createTempDir(), 'ca.pem');
    await writeFile(both, server.certificate + thief.server.certificate);
    const given = { ...env, GIT_SSL_CAINFO: both, [variable(server)]: LOGIN };
    const request = await ask({ url: `${server.url}/repo`, commit: tip, env: given });
    await expect(fetchSource(request)).rejects.toThrowWithCode('UPSTREAM_UNREACHABLE');
    expect(thief.server.requests.length).toBeGreaterThan(0);
    expect(thief.server.requests.join(' ')).not.toContain('s3cr3t');
  });

  test('counts what a checkout left in its configuration', async () => {
    const { repo, tip } = await upstream();
    const { server, env } = await serve(repo, { login: LOGIN });
    const checkout = await createGitRepo();
    const header = `AUTHORIZATION: basic ${Buffer.from(LOGIN).toString('base64')}`;
    await checkout.git('config', `http.${server.url}/.extraheader`, header);
    // A job's token, which every job has, is no reason to do without it.
    const job = { ...env, GITHUB_TOKEN: 'weaker', GITHUB_SERVER_URL: server.url };
    await fetchSource(await ask({ url: `${server.url}/repo`, commit: tip, env: job, cwd: checkout.dir }));
    expect(server.requests).toContain(`git-upload-pack ${LOGIN}`);
  });
});

test('only addresses that are allowed, and an interruption is one', async () => {
  const { url, tip } = await upstream();
  for (const address of [url, 'http://127.0.0.1:1/x', 'ext::sh -c id', '--upload-pack=id']) {
    const request = await ask({ url: address, commit: tip, allowFile: false });
    await expect(fetchSource(request)).rejects.toThrowWithCode('UPSTREAM_URL');
  }
  for (const commit of ['--upload-pack=id', 'main', tip.slice(0, 7), '']) {
    await expect(fetchSource(await ask({ url, commit }))).rejects.toThrowWithCode('PLAN_INVALID');
  }
  const stopped = await ask({ url, commit: tip, signal: AbortSignal.abort() });
  await expect(fetchSource(stopped)).rejects.toThrowWithCode('CANCELLED');
});
