import { createGitRepo, type GitRepo } from './git-repo.ts';
import { commitLongAgo } from './docker-shop.ts';

/** Every step leaves a trace in /out that a test can read. */
const WEB = `ARG BASE
ARG HEPHY_REGISTRY
ARG TOOLS_TAG
FROM \${HEPHY_REGISTRY}:\${TOOLS_TAG} AS tools
FROM \${BASE} AS build
ARG MOTTO
ARG TARGETARCH
RUN mkdir /out
RUN echo "$MOTTO" > /out/motto
RUN uname -m > /out/machine && echo "$TARGETARCH" > /out/target
RUN --mount=type=secret,id=npm cat /run/secrets/npm && cat /run/secrets/npm | wc -c > /out/length
RUN --mount=type=secret,id=netrc cat /run/secrets/netrc
RUN --mount=type=cache,target=/cache echo kept > /cache/x
RUN cat > /out/heredoc <<EOF
said in two
lines
EOF
FROM \${BASE} AS runtime
USER 1000
COPY notes.txt leftout* /notes/
COPY --from=build /out /out
COPY --from=tools /ko-app/tools /bin/tools
FROM runtime AS debug
`;

/** `tools` by ko; `web` by kaniko, with a file of `tools`; `site` by kaniko on `web`, its Dockerfile outside its context. */
export async function createKanikoShop(base: string): Promise<GitRepo> {
  const repo = await createGitRepo();
  await repo.write({
    'tools/build-config.yaml': `ko_config: {base_image: "${base}"}\n`,
    'tools/go.mod': 'module example.com/tools\n\ngo 1.22\n',
    'tools/cmd/tools/main.go':
      'package main\n\nimport "os"\n\nfunc main() { os.Stdout.WriteString("said by tools\\n") }\n',
    'web/build-config.yaml': JSON.stringify({
      build_backend: 'kaniko',
      context_path: 'a "b", c',
      target: 'runtime',
      build_args: { BASE: base, MOTTO: '${MOTTO}' },
      secrets: [
        { id: 'npm', env: 'NPM_TOKEN' },
        { id: 'netrc', file: 'net rc' },
      ],
      labels: { 'com.example.motto': 'a, "b" = c' },
      annotations: { 'com.example.motto': 'a, "b" = c' },
    }),
    'web/a "b", c/Dockerfile': WEB,
    'web/a "b", c/.dockerignore': 'leftout*\n',
    'web/a "b", c/leftout.txt': 'x\n',
    'web/a "b", c/notes.txt': 'notes\n',
    'web/net rc': 'file-secret-abcdef',
    'site/build-config.yaml': 'build_backend: kaniko\ndockerfile_path: ../deploy/site.Dockerfile\n',
    'site/page.html': 'page\n',
    'site/draft.html': 'draft\n',
    'deploy/site.Dockerfile':
      'ARG HEPHY_REGISTRY\nARG WEB_TAG\nFROM ${HEPHY_REGISTRY}:${WEB_TAG}\nCOPY *.html /site/\n',
    'deploy/site.Dockerfile.dockerignore': 'draft.html\n',
  });
  await commitLongAgo(repo);
  return repo;
}
