import { chmod, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempDir } from './git-repo.ts';

export interface Poisoning {
  /** Where that is not `.git` in the directory. */
  readonly gitDir?: string;
  /** How the remote `origin` is made to run something: by its address, a program of its own, or the way there. */
  readonly remote?: string;
  /** Of the way `https`. */
  readonly url?: string;
}

/** Names of hooks that git looks for when it reads: all of them are there. */
const HOOKS = [
  'fsmonitor-watchman',
  'reference-transaction',
  'post-checkout',
  'post-index-change',
  'pre-auto-gc',
];

/**
 * Every setting whose value git, or a program that git starts, runs: `git help config` of 2.39 and 2.47, read through. The
 * name of what ran is left as a file.
 */
const PROGRAMS = [
  'core.fsmonitor',
  'core.sshCommand',
  'core.gitProxy',
  'core.askPass',
  'core.pager',
  'core.editor',
  'core.alternateRefsCommand',
  'credential.helper',
  'credential.https://127.0.0.1:1.helper',
  'diff.external',
  'diff.evil.command',
  'diff.evil.textconv',
  'filter.evil.clean',
  'filter.evil.smudge',
  'filter.evil.process',
  'filter.lfs.clean',
  'filter.lfs.smudge',
  'filter.lfs.process',
  'gpg.program',
  'gpg.ssh.program',
  'gpg.ssh.defaultKeyCommand',
  'gpg.x509.program',
  'interactive.diffFilter',
  'lfs.customtransfer.evil.path',
  'lfs.extension.evil.clean',
  'merge.evil.driver',
  'pager.status',
  'pager.log',
  'pager.config',
  'remote.origin.receivepack',
  'sequence.editor',
  'trailer.evil.command',
  'trailer.evil.cmd',
  'uploadpack.packObjectsHook',
] as const;

const ALIASES = ['status', 'log', 'rev-parse', 'config', 'ls-files', 'cat-file', 'fetch', 'diff-tree', 'lfs'];

/** Makes a repository run something wherever git lets it; what the result answers is what did run. */
export async function poison(
  dir: string,
  { gitDir, remote, url = '' }: Poisoning = {},
): Promise<() => Promise<string[]>> {
  const marks = await createTempDir();
  const place = gitDir ?? join(dir, '.git');
  const run = (name: string): string => `touch '${join(marks, name.replaceAll('/', '_'))}' #`;
  const settings: [string, string][] = [
    ...PROGRAMS.map((name): [string, string] => [name, run(name)]),
    ...ALIASES.map((name): [string, string] => [`alias.${name}`, `!${run(`alias.${name}`)}`]),
    ['credential.helper', `!${run('credential.helper-shell')}`],
    ['filter.evil.required', 'true'],
    ['submodule.sub.update', `!${run('submodule.update')}`],
    ['protocol.allow', 'always'],
    ['protocol.ext.allow', 'always'],
    ['log.showSignature', 'true'],
    ['status.submoduleSummary', 'true'],
    ['diff.submodule', 'log'],
    ['fetch.recurseSubmodules', 'true'],
    ['core.hooksPath', join(place, 'evil-hooks')],
    ['core.attributesFile', join(place, 'evil-attributes')],
    ['include.path', join(place, 'evil-include')],
    ['extensions.worktreeConfig', 'true'],
    ...remoteSettings(remote, { run, place, marks, url }),
  ];
  await writeFiles(place, run);
  const config = await readFile(join(place, 'config'), 'utf8');
  await writeFile(
    join(place, 'config'),
    config.replace(/\[remote[^[]*/g, remote ? '' : '$&') + render(settings),
  );
  await touchFiles(dir, place === dir);
  return () => readdir(marks);
}

interface Tools {
  readonly run: (name: string) => string;
  readonly place: string;
  readonly marks: string;
  readonly url: string;
}

function remoteSettings(way: string | undefined, { run, place, marks, url }: Tools): [string, string][] {
  const fetch: [string, string] = ['remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*'];
  const address = (at: string): [string, string] => ['remote.origin.url', at];
  const ways: Record<string, [string, string][]> = {
    ext: [address(`ext::sh -c touch% ${join(marks, 'ext')}`)],
    uploadpack: [address(place), ['remote.origin.uploadpack', run('uploadpack')]],
    vcs: [address('ssh://127.0.0.1:1/x'), ['remote.origin.vcs', 'ext']],
    ssh: [address('ssh://git@127.0.0.1:1/a/b')],
    https: [address(url)],
    rewritten: [
      address('https://rewritten.invalid/rewritten'),
      [`url.ext::touch ${marks}/.insteadOf`, 'https://rewritten.invalid/'],
    ],
    promisor: [
      address(place),
      ['remote.origin.promisor', 'true'],
      ['remote.origin.uploadpack', run('promisor')],
      ['extensions.partialClone', 'origin'],
    ],
    // The remote is a repository too, and lacks objects that its own remote would have to give.
    nested: [
      address(place),
      ['remote.origin.promisor', 'true'],
      ['remote.origin.partialCloneFilter', 'blob:none'],
    ],
  };
  const chosen = way === undefined ? undefined : ways[way];
  return chosen ? [fetch, ...chosen] : [];
}

async function writeFiles(place: string, run: Tools['run']): Promise<void> {
  const script = (name: string): string => `#!/bin/sh\n${run(name)}\n`;
  for (const directory of ['hooks', 'evil-hooks']) {
    await mkdir(join(place, directory), { recursive: true });
    for (const hook of HOOKS) {
      const path = join(place, directory, hook);
      await writeFile(path, script(`${directory}.${hook}`));
      await chmod(path, 0o755);
    }
  }
  const attributes = '* filter=evil diff=evil merge=evil\n';
  await mkdir(join(place, 'info'), { recursive: true });
  await writeFile(join(place, 'info', 'attributes'), attributes);
  await writeFile(join(place, 'evil-attributes'), attributes);
  const included = (name: string): string => render([['filter.evil.clean', run(name)]]);
  await writeFile(join(place, 'evil-include'), included('include.path'));
  await writeFile(join(place, 'config.worktree'), included('config.worktree'));
}

/** The same bytes at another time: git must read the file to know, and that is where filters run. */
async function touchFiles(dir: string, bare: boolean): Promise<void> {
  if (bare) return;
  const path = join(dir, 'a.txt');
  await utimes(path, 1, 1);
}

function render(settings: readonly (readonly [string, string])[]): string {
  return settings
    .map(([name, value]) => {
      const [first, last] = [name.indexOf('.'), name.lastIndexOf('.')];
      const below = first === last ? '' : ` ${quote(name.slice(first + 1, last))}`;
      return `\n[${name.slice(0, first)}${below}]\n\t${name.slice(last + 1)} = ${quote(value)}`;
    })
    .join('')
    .concat('\n');
}

function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
