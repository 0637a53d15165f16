import { quoteWord } from '../domain/shell-quote.ts';
import { traitsOf } from '../backends/index.ts';
import type { RunResult } from '../domain/result.ts';

/** The commands to pull exactly the published image, and to verify that its tag still points to that image. */
export interface PullCommands {
  readonly name: string;
  readonly pull: string;
  readonly verify: string;
  /** The output of `verify` while the tag still points to the image. */
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
