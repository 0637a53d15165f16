import type { ParseArgsConfig } from 'node:util';
import type { Env } from '../system/env.ts';
import type { Output } from '../system/terminal/output.ts';
import type { Redactor } from '../system/terminal/redact.ts';

export interface Flag {
  readonly name: string;
  readonly type: 'string' | 'boolean';
  /** The value as `--help` shows it: `REV`, `a,b`. */
  readonly value?: string;
  readonly meaning: string;
}

export type FlagValues = Readonly<Record<string, string | boolean | undefined>>;

/** The arguments of every command: its flags and operands, its environment, and its output. */
export interface Invoked {
  readonly flags: FlagValues;
  readonly operands: readonly string[];
  readonly env: Env;
  readonly cwd: string;
  /** Path of the running bundle. */
  readonly program: string;
  readonly output: Output;
  readonly redactor: Redactor;
  readonly signal: AbortSignal;
}

export interface Verb {
  readonly name: string;
  readonly summary: string;
  /** Shown after the name: `[IMAGE…]`. */
  readonly operands: string;
  readonly flags: readonly Flag[];
  readonly examples: readonly string[];
  /** Loads the command, which returns the exit code. Called late, so that `hephy plan` does not load `hephy build`. */
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

/** `a,b` → two names. Spaces around names and empty names are ignored. */
export function listFlag(flags: FlagValues, name: string): readonly string[] {
  return (textFlag(flags, name) ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
