import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempDir } from './git-repo.ts';
import { hephy, type HephyPlace, type Said } from './hephy.ts';
import { strace } from './surface-tools.ts';

/** An attempt to reach an address: a connection, or a datagram, as lookups of names are. */
export interface Connection {
  readonly program: string;
  /** `127.0.0.1:41234`, `[::1]:443` */
  readonly address: string;
}

export interface Traced {
  readonly said: Said;
  readonly connections: readonly Connection[];
}

/** All by which a process can address a peer: https://man7.org/linux/man-pages/man2/connect.2.html */
const CALLS = 'connect,sendto,sendmsg,sendmmsg';

/** A program started below `under` is seen with every process below it, until it ends. */
export interface Recorder {
  readonly under: readonly string[];
  read(): Promise<readonly Connection[]>;
}

/**
 * However a process was linked and whether its attempt succeeds: the kernel is asked, not a library. What a daemon does
 * on somebody's behalf is seen below the daemon alone.
 */
export async function openRecorder(): Promise<Recorder> {
  const log = join(await createTempDir(), 'trace');
  const what = ['-e', `trace=${CALLS}`, '-e', 'signal=none'];
  return {
    // A signal that ends strace ends the program.
    under: [strace(), '-f', '--seccomp-bpf', '-Y', '-qq', '-I', 'waiting', ...what, '-o', log],
    read: async () => (await readFile(log, 'utf8')).split('\n').flatMap(readLine),
  };
}

export async function traceHephy(args: readonly string[], place: HephyPlace): Promise<Traced> {
  for (let attempt = 1; ; attempt += 1) {
    const recorder = await openRecorder();
    const said = await hephy(args, { ...place, under: recorder.under });
    if (!STRACE_FAILED.test(said.stderr) || attempt === ATTEMPTS) {
      return { said, connections: await recorder.read() };
    }
    process.stderr.write('strace failed, and the program that it traced with it: once more\n');
  }
}

/** strace sometimes loses a thread that ends while it is stopped; the run that it traced is then interrupted. */
const STRACE_FAILED = /strace: ptrace\(/;
const ATTEMPTS = 4;

const ADDRESS =
  /sin_port=htons\((?<port>\d+)\), sin_addr=inet_addr\("(?<v4>[^"]+)"\)|sin6_port=htons\((?<port6>\d+)\).*?inet_pton\(AF_INET6, "(?<v6>[^"]+)"/g;

/** `12232<node> connect(19, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("10.0.0.1")}, 16) = 0` */
function readLine(line: string): Connection[] {
  const program = /^\d+<(.*?)> /.exec(line)?.[1] ?? 'unknown';
  return [...line.matchAll(ADDRESS)].map(({ groups = {} }) => ({
    program: nameProgram(program),
    address:
      groups['v4'] === undefined
        ? `[${groups['v6']}]:${groups['port6']}`
        : `${groups['v4']}:${groups['port']}`,
  }));
}

/** Node names its threads; git speaks through helpers of its own. */
function nameProgram(thread: string): string {
  if (/^(node|MainThread|libuv-worker|DelayedTaskSche|V8Worker)/.test(thread)) return 'hephy';
  return thread.startsWith('git') ? 'git' : thread;
}

/** `ko → registry`: each pair once, sorted. An address that is none of the places stays what it is. */
export function summarize(
  connections: readonly Connection[],
  places: Readonly<Record<string, string>>,
): readonly string[] {
  const names = new Map(Object.entries(places).map(([name, address]) => [address, name]));
  const pairs = connections.map(({ program, address }) => `${program} → ${names.get(address) ?? address}`);
  return [...new Set(pairs)].sort();
}
