import type { ParseArgsConfig } from 'node:util';
import type { Env } from '../system/env.ts';
import type { Output } from '../system/terminal/output.ts';
import type { Redactor } from '../system/terminal/redact.ts';

export interface Flag {
  readonly name: string;
  readonly type: 'string' | 'boolean';
  /** How the value is shown in `--help`: `REV`, `a,b`. */
  readonly value?: string;
  readonly meaning: string;
}

export type FlagValues = Readonly<Record<string, string | boolean | undefined>>;

/** What every verb gets: where it runs, what it was told, and where its words go. */
export interface Invoked {
  readonly flags: FlagValues;
  readonly operands: readonly string[];
  readonly env: Env;
  readonly cwd: string;
  /** Path of the bundle that runs. */
  readonly program: string;
  readonly output: Output;
  readonly redactor: Redactor;
  readonly signal: AbortSignal;
}

export interface Verb {
  readonly name: string;
  readonly summary: string;
  /** Shown behind the name: `[IMAGE…]`. */
  readonly operands: string;
  readonly flags: readonly Flag[];
  readonly examples: readonly string[];
  /** Loaded when it is called, so that `hephy plan` does not pay for `hephy build`. Answers the exit code. */
  load(): Promise<(invoked: Invoked) => Promise<number>>;
}

export function parseArgsOptions(flags: readonly Flag[]): NonNullable<ParseArgsConfig['options']> {
  return Object.fromEntries(flags.map((flag) => [flag.name, { type: flag.type }]));
}

export function textFlag(flags: FlagValues, name: string): string | undefined {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
}

export function isSet(flags: FlagValues, name: string): boolean {
  return flags[name] === true;
}

/** `a,b` → two names; spaces around them and empty ones are dropped. */
export function listFlag(flags: FlagValues, name: string): readonly string[] {
  return (textFlag(flags, name) ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
