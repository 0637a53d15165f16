import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startBuildkitd, type TestBuilder } from '../support/buildkitd.ts';
import { pushBusybox } from '../support/busybox-base.ts';
import { makeCertificate } from '../support/certificate.ts';
import { createGitRepo, createTempDir, type GitRepo } from '../support/git-repo.ts';
import { fileOf } from '../support/image-files.ts';
import { hephy, type Said } from '../support/hephy.ts';
import { describeWith } from '../support/requirements.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

const run = promisify(execFile);

const DOCKERFILE = `ARG BASE
FROM \${BASE}
RUN --mount=type=ssh test -S "$SSH_AUTH_SOCK" && echo reached > /agent
`;

describeWith(['busybox', 'buildkit'], 'a builder by TCP, behind certificates of both sides', () => {
  let registry: TestRegistry;
  let builder: TestBuilder;
  let repo: GitRepo;
  let keys: string;
  let agent: Agent;

  beforeAll(async () => {
    registry = await startRegistry();
    keys = await createTempDir();
    agent = await startAgent();
    const { cert, key } = makeCertificate();
    const files = { 'ca.pem': cert, 'cert.pem': cert, 'key.pem': key };
    for (const [name, content] of Object.entries(files)) await writeFile(join(keys, name), content);
    const of = (name: string): string => join(keys, name);
    builder = await startBuildkitd([], {
      address: `tcp://127.0.0.1:${await freePort()}`,
      flags: ['--tlscacert', of('ca.pem'), '--tlscert', of('cert.pem'), '--tlskey', of('key.pem')],
      client: ['--tlsdir', keys],
    });
    const base = `${registry.host}/base:latest`;
    await pushBusybox(base);
    const config = { build_backend: 'buildkit', platforms: ['linux/amd64'], buildkit_config: { ssh: true } };
    repo = await createGitRepo({
      'web/build-config.yaml': JSON.stringify({
        ...config,
        build_args: { BASE: base },
        additional_tags: ['latest'],
      }),
      'web/Dockerfile': DOCKERFILE,
    });
  });
  afterAll(async () => {
    process.kill(agent.pid);
    await builder.stop();
    await registry.stop();
  });

  /** Also what was built before: what is asked is whether it can be built. */
  function build(env: Readonly<Record<string, string | undefined>>): Promise<Said> {
    const given = { BUILDKIT_HOST: builder.address, ...env };
    return hephy(['build', '--all', '--rebuild', '--registry', `${registry.host}/far`], {
      cwd: repo.dir,
      env: given,
    });
  }

  test('lets in who has one, and a step reaches the agent of this machine', async () => {
    const said = await build({ HEPHY_BUILDKIT_TLS_DIR: keys, SSH_AUTH_SOCK: agent.socket });
    expect(said).toMatchObject({ code: 0 });
    expect(await fileOf(`${registry.host}/far:web-latest`, 'agent')).toBe('reached\n');
  });

  test.each([{}, { SSH_AUTH_SOCK: '/nonexistent' }])(
    'with %j it says that there is no agent',
    async (env) => {
      const said = await build({ HEPHY_BUILDKIT_TLS_DIR: keys, ...env });
      expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('CONFIG_VARIABLE') });
    },
  );

  test('turns away who has none', async () => {
    const said = await build({ SSH_AUTH_SOCK: agent.socket });
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('BACKEND_MISSING') });
  });
});

interface Agent {
  readonly socket: string;
  readonly pid: number;
}

async function startAgent(): Promise<Agent> {
  const { stdout } = await run('ssh-agent', ['-s']);
  const [, socket = '', pid = ''] = /SSH_AUTH_SOCK=([^;]+);[^]*SSH_AGENT_PID=(\d+)/.exec(stdout) ?? [];
  return { socket, pid: Number(pid) };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const at = server.address();
      server.close(() => resolve(typeof at === 'object' && at !== null ? at.port : 0));
    });
  });
}
