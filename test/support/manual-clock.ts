import type { Clock } from '../../src/system/clock.ts';

/** Time that passes only when a test says so. */
export class ManualClock implements Clock {
  private time = 0;
  private readonly timers = new Set<{ ms: number; next: number; call: () => void }>();

  now(): number {
    return this.time;
  }

  every(ms: number, call: () => void): () => void {
    const timer = { ms, next: this.time + ms, call };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  pass(ms: number): void {
    const end = this.time + ms;
    for (let due = this.nextBefore(end); due; due = this.nextBefore(end)) {
      this.time = due.next;
      due.next += due.ms;
      due.call();
    }
    this.time = end;
  }

  get running(): number {
    return this.timers.size;
  }

  private nextBefore(end: number): { ms: number; next: number; call: () => void } | undefined {
    return [...this.timers].filter(({ next }) => next <= end).sort((a, b) => a.next - b.next)[0];
  }
}
