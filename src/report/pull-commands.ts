import { quoteWord } from '../domain/shell-quote.ts';
import { traitsOf } from '../backends/index.ts';
import type { RunResult } from '../domain/result.ts';

/** How to get exactly what this run published, and how to see that its tag still is that. */
export interface PullCommands {
  readonly name: string;
  readonly pull: string;
  readonly verify: string;
  /** What `verify` prints when nobody moved the tag. */
  readonly digest: string;
}

export function listPullCommands(run: RunResult | null): readonly PullCommands[] {
  if (!run?.pushed) return [];
  return run.images.flatMap((image) => {
    const { name, digest, repository, tags } = image;
    if (digest === null || image.state === 'failed' || tags[0] === undefined) return [];
    const pull = `${traitsOf(image.backend).pull} ${quoteWord(`${repository}@${digest}`)}`;
    return [{ name, pull, verify: `crane digest ${quoteWord(`${repository}:${tags[0]}`)}`, digest }];
  });
}
