import { runGit } from './git.ts';
import { callOf, type Repository } from './repository.ts';

/** The remote of a repository, without credentials, so that it can be published in a label. */
export interface Origin {
  /** `https://github.com/acme/shop`; null if there is no remote, or if it is on this machine. */
  readonly url: string | null;
  /** `shop`: the last part of the remote, else the name of the checkout directory. */
  readonly name: string;
}

export async function readOrigin(repo: Repository): Promise<Origin> {
  const done = await runGit(['config', '--get', 'remote.origin.url'], callOf(repo));
  const remote = done.exitCode === 0 ? done.stdout.toString('utf8').trim() : '';
  const named = lastPart(remote) || lastPart(repo.root.replace(/\/\.git$/, '')) || 'repository';
  return { url: webAddress(remote), name: named };
}

function lastPart(path: string): string {
  return (
    path
      .replace(/[/\\]+$/, '')
      .replace(/\.git$/, '')
      .split(/[/\\:]/)
      .at(-1) ?? ''
  );
}

/** Converts `git@host:owner/name.git` and `ssh://git@host/owner/name` to https. */
export function webAddress(remote: string): string | null {
  const scp = /^[\w.-]+@([\w.-]+):(?!\/\/)(.+)$/.exec(remote);
  const url = /^(?:https?|ssh):\/\/(?:[^@/]*@)?([^/?#]+)\/([^?#]+)/.exec(remote);
  const [, host, path] = scp ?? url ?? [];
  if (host === undefined || path === undefined) return null;
  const page = remote.startsWith('ssh:') ? host.replace(/:\d+$/, '') : host;
  return `https://${page}/${path.replace(/\.git$/, '').replace(/^\/+|\/+$/g, '')}`;
}
