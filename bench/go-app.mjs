// One Go program, three ways to build it: examples/shop's API by ko, and by Dockerfiles as people write them.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, root } from './paths.mjs';
import { commitAll, git } from './repository.mjs';

const BUILD = `ARG BASE
ARG GO
FROM \${GO} AS build
ARG VERSION
WORKDIR /src
COPY go.mod .
RUN go mod download
COPY . .
RUN --mount=type=cache,target=/root/.cache/go-build \\
  CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$VERSION" -o /server ./cmd/server
`;
const ON_BASE = 'FROM ${BASE}\nCOPY --from=build /server /server\n';
const START = 'ENTRYPOINT ["/server"]\n';

/** For who measures what is around a build: all that it does is take what is there. */
const LEAST = 'ARG BASE\nFROM ${BASE}\nCOPY . /src\n';

/** A repository with the image `api`, on the base that ko has, and `one`, which ships the stage that it was built in. */
export function createGoApp(dir, { host, base, go = null }) {
  const cwd = join(dir, 'shop');
  const api = join(cwd, 'services/api');
  cpSync(join(root, 'examples/shop/services'), join(cwd, 'services'), { recursive: true });
  const args = `build_args: { VERSION: 1.4.2, BASE: '${base}'${go === null ? '' : `, GO: '${go}'`} }`;
  const config = join(api, 'build-config.yaml');
  const text = readFileSync(config, 'utf8')
    .replace(/^platforms:.*$/m, 'platforms: [linux/amd64]')
    .replace(/^build_args:.*$/m, args);
  writeFileSync(config, text);
  writeFileSync(join(api, 'Dockerfile'), go === null ? LEAST : `${BUILD}${ON_BASE}${START}`);
  writeFileSync(join(api, 'Dockerfile.one'), `${BUILD}${START}`);
  mkdirSync(join(cwd, 'one'));
  const place = 'context_path: ../services/api\ndockerfile_path: Dockerfile.one\n';
  writeFileSync(join(cwd, 'one/build-config.yaml'), `${place}platforms: [linux/amd64]\n${args}\n`);
  commitAll(cwd);
  return {
    cwd,
    build: (repository, ...flags) => [
      ...[process.execPath, bundle, 'build', '--registry', `${host}/${repository}`],
      ...flags,
    ],
    /** One line of one package, committed: what a day's work looks like to a builder. */
    edit(round) {
      const file = join(api, 'internal/catalog/catalog.go');
      writeFileSync(file, readFileSync(file, 'utf8').replace(/Cents: 3\d+/, `Cents: ${300 + round}`));
      git(cwd, '-c', 'user.name=bench', '-c', 'user.email=bench@localhost', 'commit', '-qam', `${round}`);
    },
  };
}
