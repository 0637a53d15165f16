import type { RunEvent } from '../../domain/event.ts';
import type { Env } from '../../system/env.ts';
import type { Ci } from '../ci.ts';
import { BLANK_EVENT, presentText } from '../event-fields.ts';
import type { CiHost } from '../host.ts';

/** A person at a terminal: flags are the only input, and the log is the only output. */
export function createLocalCi({ env, write }: CiHost): Ci {
  return {
    id: 'local',
    keepsFiles: true,
    event: () => detectLocalEvent(env),
    input: () => undefined,
    defaultRegistry: () => undefined,
    setOutput: () => undefined,
    group: (title) => {
      write(`${title}\n`);
      return () => undefined;
    },
    annotate: () => undefined,
    handOver: () => undefined,
    mask: () => undefined,
    summary: async () => undefined,
  };
}

/** A local run counts as a push of the working tree. `resolveHead` replaces `HEAD` by the commit later. */
export function detectLocalEvent(env: Env): RunEvent {
  return { ...BLANK_EVENT, kind: 'push', buildNumber: presentText(env['BUILD_NUMBER']) };
}
