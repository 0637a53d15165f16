import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ClosedNetwork } from './closed-network.ts';
import { cloneShallow, createGitRepo, createTempDir, type GitRepo } from './git-repo.ts';
import { goImage, goProgram } from './go-shop.ts';
import { TOOL_PATH } from './hephy.ts';
import { GREETING, startModuleProxy } from './module-proxy.ts';

const run = promisify(execFile);

export interface CompanyShop {
  readonly before: string;
  readonly sha: string;
  /** A job's checkout of one commit: what that is compared with has to be fetched. */
  checkOut(): Promise<string>;
}

/** `api` needs a module of the company's, `tool` comes from another repository; both are built on its base image. */
export async function createCompanyShop({ hosts, repositories }: ClosedNetwork): Promise<CompanyShop> {
  const onBase = `platforms: [linux/amd64]\nko_config: {base_image: "${hosts['base images']}/base:latest"}\n`;
  await serve(
    await createGitRepo({ 'go.mod': 'module example.com/tool\n\ngo 1.22\n', 'main.go': goProgram() }),
    {
      as: join(repositories, 'tool.git'),
    },
  );
  const repo = await createGitRepo(goImage('api', onBase));
  const before = await repo.git('rev-parse', 'HEAD');
  await repo.write({
    'tool/build-config.yaml': `build_backend: ko\nupstream_repo: https://${hosts.upstreams}/tool.git\n${onBase}`,
    'api/go.mod': `module example.com/api\n\ngo 1.22\n\n${GREETING.require}`,
    'api/cmd/api/main.go': GREETING.main,
  });
  await tidy(join(repo.dir, 'api'));
  const sha = await repo.commit();
  const bare = join(repositories, 'shop.git');
  await serve(repo, { as: bare });
  return { before, sha, checkOut: () => checkOut(bare, `https://${hosts.origin}/shop.git`) };
}

async function checkOut(bare: string, origin: string): Promise<string> {
  const clone = await cloneShallow(bare);
  await clone.git('remote', 'set-url', 'origin', origin);
  return clone.dir;
}

/** Any commit may be asked for, as the platforms allow it. */
async function serve(repo: GitRepo, { as }: { readonly as: string }): Promise<void> {
  await repo.git('clone', '-q', '--bare', repo.dir, as);
  await run('git', ['config', 'uploadpack.allowAnySHA1InWant', 'true'], { cwd: as });
}

/** Writes the go.sum that a project commits. */
async function tidy(cwd: string): Promise<void> {
  const modules = await startModuleProxy();
  const env = {
    ...{ PATH: TOOL_PATH, HOME: process.env['HOME'], GOTOOLCHAIN: 'local', GOFLAGS: '-modcacherw' },
    ...{ GOPROXY: `http://${modules.host}`, GOSUMDB: 'off', GOMODCACHE: await createTempDir() },
  };
  await run('go', ['mod', 'tidy'], { cwd, env });
  await modules.stop();
}
