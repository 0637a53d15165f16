import { HephyError } from '../errors.ts';
import type { Env } from '../system/env.ts';
import { showControls } from '../system/terminal/text.ts';

export interface UpstreamAddress {
  readonly url: string;
  /** For tests and for mirrors on disk. Off by default: a config must not read files of this machine. */
  readonly allowFile?: boolean;
}

const HTTPS = /^https:\/\/[A-Za-z0-9[][^\s@?#]*$/;
const SSH = /^ssh:\/\/(?:[A-Za-z0-9_.][\w.-]*@)?[A-Za-z0-9[][^\s@?#]*$/;
/** `git@github.com:owner/name.git`; the host of a Windows path or a transport helper (`ext::`) does not look like it. */
const SCP = /^[A-Za-z0-9_.][\w.-]*@[A-Za-z0-9][\w.-]*:(?!:)[^\s:][^\s]*$/;
const FILE = /^file:\/\/\/[^\s]+$/;

/** Allows https and ssh only: `ext::`, `file:` and plain paths would run programs or read files of this machine. */
export function checkUpstreamUrl({ url, allowFile }: UpstreamAddress): void {
  const allowed = allowFile ? [HTTPS, SSH, SCP, FILE] : [HTTPS, SSH, SCP];
  if (allowed.some((pattern) => pattern.test(url)) && !/[\x00-\x20\x7f]/.test(url)) return;
  throw new HephyError('UPSTREAM_URL', `git cannot clone from this address: ${hideSecrets(url)}`, {
    hint: hasSecret(url)
      ? 'Remove the credentials: configs are committed. git takes credentials from its credential helper.'
      : 'Use https://host/owner/name or git@host:owner/name.',
  });
}

function hasSecret(url: string): boolean {
  return /^\w+:\/\/[^/]*@/.test(url);
}

/** The address for messages and logs. */
export function hideSecrets(url: string): string {
  return showControls(url.replace(/\/\/[^/]*@/, '//***@'));
}

/** For tests, which use local repositories as upstreams. */
export function allowsFiles(env: Env): boolean {
  return env['HEPHY_ALLOW_FILE_UPSTREAMS'] === 'true';
}
