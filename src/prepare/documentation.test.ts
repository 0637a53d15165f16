import { beforeAll, expect, test } from '@jest/globals';
import { createGitRepo, type GitRepo } from '../../test/support/git-repo.ts';
import { invokedIn } from '../../test/support/invoked.ts';
import { prepare } from './prepare.ts';

const DOCKERFILES: Readonly<Record<string, string>> = {
  whole: 'COPY . .',
  everything: 'COPY ./* /x/',
  stage: 'COPY --from=alpine index.md /',
  argument: 'ARG SITE=content\nCOPY ${SITE}/ /site',
  unknown: 'COPY ${NOBODY}/ /site',
  named: 'COPY --chown=1:1 index.md /www/',
  list: 'ADD ["a b.md", "/x"]',
  directory: 'COPY ./content/ /site',
  pattern: 'COPY *.md /x/',
  mount: 'RUN --mount=type=bind,source=content,target=/c cp -r /c /x',
  document: 'COPY <<index.md /x\nindex.md\nindex.md',
};
const SPIN = `spin_manifest_version = 2
[component.edge]
source = "README.md"
files = [
  { source = "content", destination = "other" }, # ]
  'index.*',
]
`;

let repo: GitRepo;
beforeAll(async () => {
  const images = Object.entries(DOCKERFILES).flatMap(([name, text]) => [
    [`${name}/build-config.yaml`, 'platforms: [linux/amd64]\n'],
    [`${name}/Dockerfile`, `FROM alpine:3.22\n${text}\n`],
  ]);
  repo = await createGitRepo({
    ...Object.fromEntries(images),
    'edge/build-config.yaml': 'build_backend: spin\n',
    'edge/spin.toml': SPIN,
    'go/build-config.yaml': 'build_backend: ko\n',
    'go/go.mod': 'module example.com/go\n\ngo 1.22\n',
    'go/main.go': 'package main\n\nfunc main() {}\n',
    'go/pages/pages.go': 'package pages\n\n//go:embed *.md\nvar files embed.FS\n',
  });
});

/** The images that a change of these files affects, where no Go can be asked. */
async function affectedBy(...paths: readonly string[]): Promise<readonly string[]> {
  await repo.write(Object.fromEntries(paths.map((path) => [path, String(Math.random())])));
  await repo.commit();
  const invoked = invokedIn(repo.dir, { PATH: '/usr/bin:/bin' });
  const flags = { ...invoked.flags, base: 'HEAD~1' };
  const { verdicts } = await prepare({ ...invoked, flags }, { upstreams: 'optional' });
  return [...verdicts].flatMap(([name, { affected }]) => (affected ? [name] : [])).sort();
}

function inAll(path: string): readonly string[] {
  return [...Object.keys(DOCKERFILES), 'edge', 'go'].map((name) => `${name}/${path}`);
}

test('documentation that a Dockerfile or a spin.toml names is part of the image', async () => {
  expect(await affectedBy(...inAll('index.md'))).toEqual(['edge', 'named', 'pattern', 'unknown']);
  expect(await affectedBy(...inAll('a b.md'))).toEqual(['list', 'pattern', 'unknown']);
  const below = ['argument', 'directory', 'edge', 'mount', 'unknown'];
  expect(await affectedBy(...inAll('content/page.md'))).toEqual(below);
  expect(await affectedBy(...inAll('other/page.md'))).toEqual(['unknown']);
  expect(await affectedBy(...inAll('LICENSE'))).toEqual(['unknown']);
});

test('so is what Go embeds, as far as it can be known without Go', async () => {
  expect(await affectedBy('go/pages/page.md')).toEqual(['go']);
  expect(await affectedBy('go/kodata/page.md')).toEqual(['go']);
  expect(await affectedBy('go/docs/page.md')).toEqual([]);
});
