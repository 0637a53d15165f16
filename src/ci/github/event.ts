import { z } from 'zod';
import type { RunEvent } from '../../domain/event.ts';
import type { Env } from '../../system/env.ts';
import { BLANK_EVENT, presentText, splitNames } from '../event-fields.ts';

const text = z.string().catch('');
const lenient = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);
const repository = lenient(z.object({ full_name: text, default_branch: text }));
const branch = lenient(z.object({ ref: text, repo: repository }));

/** Only what is used of https://docs.github.com/webhooks/webhook-events-and-payloads; fields of another type count as absent. */
const Payload = z.object({
  before: text,
  repository,
  inputs: lenient(z.object({ images: text })),
  pull_request: lenient(z.object({ number: lenient(z.number().int()), base: branch, head: branch })),
  merge_group: lenient(z.object({ base_sha: text })),
});
type Payload = z.infer<typeof Payload>;

export interface GithubFacts {
  readonly env: Env;
  /** The parsed file `GITHUB_EVENT_PATH`. */
  readonly payload: unknown;
  /** The `images` input. */
  readonly images: string | undefined;
}

/** https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows */
export function detectGithubEvent({ env, payload, images }: GithubFacts): RunEvent {
  const parsed = Payload.catch(Payload.parse({})).parse(payload);
  const common: RunEvent = {
    ...BLANK_EVENT,
    ref: presentText(env['GITHUB_REF']) ?? 'HEAD',
    sha: presentText(env['GITHUB_SHA']),
    defaultBranch: presentText(parsed.repository?.default_branch),
    images: splitNames(images ?? parsed.inputs?.images),
    buildNumber: presentText(env['GITHUB_RUN_NUMBER']),
  };
  return { ...common, ...partsOf(env, common.ref, parsed) };
}

function partsOf(env: Env, ref: string, payload: Payload): Partial<RunEvent> {
  switch (env['GITHUB_EVENT_NAME']) {
    case 'pull_request':
    case 'pull_request_target':
      return pullRequestParts(env, payload);
    case 'merge_group':
      return { kind: 'merge_request', target: presentText(payload.merge_group?.base_sha) };
    case 'push':
    case 'create':
    case 'release':
      return { kind: ref.startsWith('refs/tags/') ? 'tag' : 'push', before: presentText(payload.before) };
    case 'schedule':
      return { kind: 'schedule' };
    default:
      // A manual run, the end of another workflow, a comment: there is no earlier commit to compare with.
      return { kind: 'manual' };
  }
}

/**
 * `pull_request_target` runs with a write token, and GitHub checks out the commit of the target branch. The merge base is
 * that same commit, so no code from the pull request is built.
 */
function pullRequestParts(env: Env, { pull_request: request }: Payload): Partial<RunEvent> {
  return {
    kind: 'merge_request',
    target: presentText(request?.base?.ref) ?? presentText(env['GITHUB_BASE_REF']),
    number: request?.number ?? null,
    fromFork: isFork(request),
  };
}

/** If the head's repository is missing, it was deleted, so it was a fork. */
function isFork(request: Payload['pull_request']): boolean {
  const from = request?.head?.repo?.full_name;
  return from === undefined || from !== request?.base?.repo?.full_name;
}
