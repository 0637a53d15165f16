import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type RunningServer } from './server-process.ts';
import { pinned } from './tool-cache.ts';

/** crane's own registry, in memory: a second implementation, so that nothing is built on one registry's habits. */
export async function startCraneRegistry(): Promise<RunningServer> {
  return startServer({
    file: crane(),
    args: ['registry', 'serve', '--address', '127.0.0.1:0'],
    listening: /serving on port (\d+)/,
    directory: await mkdtemp(join(tmpdir(), 'hephy-crane-registry-')),
    install: 'script/test installs it; HEPHY_TEST_CRANE names another',
  });
}

/** The crane program, for suites that ask another client what is in a registry. */
export function crane(): string {
  return process.env['HEPHY_TEST_CRANE'] ?? pinned('crane');
}
