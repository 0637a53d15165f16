import { HephyError } from '../errors.ts';
import type { Env } from '../system/env.ts';
import type { Finished } from '../system/process/exec.ts';
import { showControls } from '../system/terminal/text.ts';
import { gitFailure, saidBy } from './git.ts';
import { platformHost, tokenVariable } from './upstream-access.ts';
import { hideSecrets } from './upstream-url.ts';

export interface UpstreamCall {
  readonly url: string;
  readonly env: Env;
  readonly signal?: AbortSignal | undefined;
}

const REFUSED =
  /could not read (Username|Password)|terminal prompts disabled|denied|[Aa]uthentication|not found|40[13]/;

/** The error for an upstream that cannot be fetched. The usual causes: a login, a wrong address, the network. */
export function upstreamError({ url, env, signal }: UpstreamCall, done: Finished): HephyError {
  if (signal?.aborted) return gitFailure('fetch', done, signal);
  const reason = done.timedOut ? 'the server did not answer in time' : saidBy(done);
  return new HephyError('UPSTREAM_UNREACHABLE', `${hideSecrets(url)}: ${showControls(reason)}`, {
    hint: REFUSED.test(reason) ? loginHint(url, env) : NETWORK_HINT,
  });
}

const NETWORK_HINT =
  'Check the address and the network. With a full commit SHA as upstream_ref, hephy does not ask the server for its branches.';

/** A token is only used for its own host; the hint says so if the address is on another one. */
function loginHint(url: string, env: Env): string {
  if (!URL.canParse(url) || !url.startsWith('https:')) {
    return 'Check the address; a private repository needs an ssh key that git can use.';
  }
  const { host } = new URL(url);
  const elsewhere =
    env['HEPHY_UPSTREAM_TOKEN'] && host !== platformHost(env)
      ? `; HEPHY_UPSTREAM_TOKEN is for ${platformHost(env) ?? 'the server of the CI platform'} only`
      : '';
  return `Check the address; for a private repository set ${tokenVariable(host)}, or configure a git credential helper${elsewhere}.`;
}
