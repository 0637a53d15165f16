import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createGitRepo, TEST_GIT_ENV, type GitRepo } from './git-repo.ts';

const run = promisify(execFile);

/** What a shell, CSV or YAML could take for their own. */
export const MOTTO = 'a, "b" = \'c\' $HOME `id`\nand more';
export const TOKEN = 'tok-3n,"x"-0123456789';
export const FILE_SECRET = 'file-secret-abcdef';

/** Uses what BuildKit is for. Every step leaves a trace in /out that a test can read. */
const WEB = `ARG BASE
ARG HEPHY_REGISTRY
ARG TOOLS_TAG
FROM \${HEPHY_REGISTRY}:\${TOOLS_TAG} AS tools
FROM \${BASE} AS build
WORKDIR /out
COPY notes.txt .
ARG MOTTO
RUN --mount=type=cache,target=/cache echo "$MOTTO" > motto
RUN --mount=type=secret,id=npm,required=true --mount=type=secret,id=netrc,required=true \\
  cat /run/secrets/npm /run/secrets/netrc && cat /run/secrets/npm | wc -c > length
RUN <<EOF
uname -m > machine
EOF
COPY --from=tools /ko-app/tools /bin/tools
RUN /bin/tools > said
FROM build AS debug
FROM \${BASE} AS runtime
COPY --from=build /out /out
`;

const SITE = `ARG ECR_REGISTRY
ARG WEB_TAG
FROM \${ECR_REGISTRY}:\${WEB_TAG}
RUN cat /out/machine > /out/site
`;

/** `tools` by ko; `web` by BuildKit, with a file of `tools`; `site` by BuildKit on `web`. */
export async function createDockerShop(base: string): Promise<GitRepo> {
  const repo = await createGitRepo();
  await repo.write({
    'tools/build-config.yaml': `ko_config: {base_image: "${base}"}\n`,
    'tools/go.mod': 'module example.com/tools\n\ngo 1.22\n',
    'tools/cmd/tools/main.go':
      'package main\n\nimport "os"\n\nfunc main() { os.Stdout.WriteString("said by tools\\n") }\n',
    'web/build-config.yaml': JSON.stringify({
      build_backend: 'buildkit',
      target: 'runtime',
      build_args: { BASE: base, MOTTO: '${MOTTO}' },
      secrets: [
        { id: 'npm', env: 'NPM_TOKEN' },
        { id: 'netrc', file: 'net rc' },
      ],
      labels: { 'com.example.motto': 'a, "b" = c' },
      annotations: { 'com.example.motto': 'a, "b" = c' },
      additional_tags: ['latest'],
    }),
    'web/Dockerfile': WEB,
    'web/.dockerignore': 'net rc\n',
    'web/net rc': FILE_SECRET,
    'web/notes.txt': 'notes\n',
    'site/build-config.yaml': 'build_backend: buildkit\nadditional_tags: [latest]\n',
    'site/Dockerfile': SITE,
  });
  await commitLongAgo(repo);
  return repo;
}

/** Dated before anything that a build makes, as commits are. */
export async function commitLongAgo(repo: GitRepo): Promise<void> {
  const date = '1700000000 +0000';
  const env = { ...TEST_GIT_ENV, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  await repo.git('add', '-A');
  await run('git', ['commit', '-q', '-m', 'change'], { cwd: repo.dir, env });
}

/**
 * Another label for `web`, so that it is built, with every step as before. Not committed: another commit would give what
 * is copied another time.
 */
export async function relabel(repo: GitRepo, build: string): Promise<void> {
  const path = 'web/build-config.yaml';
  const config = JSON.parse(await readFile(join(repo.dir, path), 'utf8'));
  await repo.write({ [path]: JSON.stringify({ ...config, labels: { ...config.labels, build } }) });
}
