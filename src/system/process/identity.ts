import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { errorCode } from '../error-code.ts';

/**
 * Identifies a process, so that another run can check whether it is alive. A PID alone is not enough: PIDs are reused, and
 * each container has its own.
 */
export interface ProcessIdentity {
  /** Hash of machine, boot and PID namespace. Processes with another value cannot be checked from here. */
  readonly place: string;
  readonly pid: number;
  /** Start time in ticks since boot; 0 if unknown. */
  readonly start: number;
}

let own: ProcessIdentity | undefined;

export function identifySelf(): ProcessIdentity {
  own ??= { place: describePlace(), pid: process.pid, start: startOf(process.pid) ?? 0 };
  return own;
}

/** As part of a file's name: `1f0c3a9b-4711-88231`. */
export function formatIdentity({ place, pid, start }: ProcessIdentity): string {
  return `${place}-${pid}-${start}`;
}

export function parseIdentity(text: string): ProcessIdentity | undefined {
  const [, place, pid, start] = /^([0-9a-f]{8})-(\d{1,10})-(\d{1,15})$/.exec(text) ?? [];
  return place === undefined ? undefined : { place, pid: Number(pid), start: Number(start) };
}

/** `unknown` for a process of another machine, an earlier boot or another container. */
export function stateOf({ place, pid, start }: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  if (place !== identifySelf().place) return 'unknown';
  if (!isRunning(pid)) return 'dead';
  const now = startOf(pid);
  return start === 0 || now === undefined || now === start ? 'alive' : 'dead';
}

function isRunning(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** The 22nd field. The second field, the program's name, may contain any character: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function startOf(pid: number): number | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const start = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  return Number.isSafeInteger(start) ? start : undefined;
}

function describePlace(): string {
  const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
  const namespace = attempt(() => readlinkSync('/proc/self/ns/pid'));
  const text = [boot ?? hostname(), namespace ?? ''].join('\n');
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

function attempt(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
