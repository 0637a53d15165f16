import { runGit } from './git.ts';
import { callOf, type Repository } from './repository.ts';

/** Where a repository came from, as it may be published in a label: an address without credentials. */
export interface Origin {
  /** `https://github.com/acme/shop`; null where there is no remote, or one on this machine. */
  readonly url: string | null;
  /** `shop`: the remote's last part, else the name of the checkout's folder. */
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

/** `git@host:owner/name.git` and `ssh://git@host/owner/name` are pages at https as well. */
export function webAddress(remote: string): string | null {
  const scp = /^[\w.-]+@([\w.-]+):(?!\/\/)(.+)$/.exec(remote);
  const url = /^(?:https?|ssh):\/\/(?:[^@/]*@)?([^/?#]+)\/([^?#]+)/.exec(remote);
  const [, host, path] = scp ?? url ?? [];
  if (host === undefined || path === undefined) return null;
  const page = remote.startsWith('ssh:') ? host.replace(/:\d+$/, '') : host;
  return `https://${page}/${path.replace(/\.git$/, '').replace(/^\/+|\/+$/g, '')}`;
}
