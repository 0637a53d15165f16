import { readdir, readFile } from 'node:fs/promises';

export interface Watching {
  stop(): void;
  readonly found: Promise<string>;
}

/** What any user of the machine may read of the programs that run meanwhile. */
export function watchProcesses(): Watching {
  let stopped = false;
  async function watch(): Promise<string> {
    const found = new Set<string>();
    while (!stopped) {
      const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
      const lines = await Promise.all(
        ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')),
      );
      for (const line of lines) found.add(line);
    }
    return [...found].join('\n');
  }
  return { found: watch(), stop: () => void (stopped = true) };
}
