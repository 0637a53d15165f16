import type { Happening, Performance } from '../scenario.ts';

export interface GithubEvent {
  readonly event: string;
  readonly payload: object;
}

const REPOSITORY = { full_name: 'acme/shop', default_branch: 'main', owner: { login: 'acme' }, name: 'shop' };

/** What GitHub would say: https://docs.github.com/webhooks/webhook-events-and-payloads */
export function describeForGithub({ story: { happening } }: Performance): GithubEvent {
  const repository = REPOSITORY;
  switch (happening.kind) {
    case 'push':
      return {
        event: 'push',
        payload: { repository, ref: `refs/heads/${happening.branch}`, before: happening.before },
      };
    case 'tag':
      return {
        event: 'push',
        payload: { repository, ref: `refs/tags/${happening.tag}`, before: '0'.repeat(40) },
      };
    case 'merge_request':
      return { event: 'pull_request', payload: { repository, ...describeRequest(happening) } };
    case 'schedule':
      return { event: 'schedule', payload: { repository, schedule: '0 3 * * 1' } };
    case 'manual':
      return {
        event: 'workflow_dispatch',
        payload: { repository, ref: 'refs/heads/main', inputs: { images: happening.images } },
      };
  }
}

function describeRequest({ branch, fromFork }: Extract<Happening, { kind: 'merge_request' }>): object {
  const from = fromFork ? { ...REPOSITORY, full_name: 'ada/shop', owner: { login: 'ada' } } : REPOSITORY;
  return {
    number: 7,
    pull_request: { number: 7, base: { ref: 'main', repo: REPOSITORY }, head: { ref: branch, repo: from } },
  };
}
