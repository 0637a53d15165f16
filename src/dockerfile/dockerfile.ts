import type { Directive } from './directives.ts';
import type { Instruction } from './instruction.ts';
import { readLines } from './lines.ts';
import { stripQuotes } from './shell-words.ts';
import { cutAtEquals, flagValue } from './words.ts';

export interface Stage {
  /** Lower case, because stage names are compared that way; empty where it has none. */
  readonly name: string;
  /** The text after FROM, and that of `--platform`, as written. */
  readonly from: string;
  readonly platform: string | undefined;
  readonly line: number;
  /** What stands below it, up to the next FROM. */
  readonly instructions: readonly Instruction[];
}

export interface Argument {
  readonly name: string;
  /** Its default with quotes and escapes removed and variables as written. */
  readonly value: string | undefined;
  readonly line: number;
}

/** What a Dockerfile says, before anybody knows what it is built with. */
export interface Dockerfile {
  readonly escape: '\\' | '`';
  /** The image that BuildKit parses the file with, where `# syntax=` names one. */
  readonly frontend: Directive | undefined;
  /** What stands before the first FROM. */
  readonly globals: readonly Instruction[];
  readonly stages: readonly Stage[];
  /** Of all stages. */
  readonly arguments: readonly Argument[];
}

/** Reads any text without failing: what is not a Dockerfile has no stages, and the builder will say why. */
export function readDockerfile(text: string): Dockerfile {
  const { syntax, escape, instructions } = readLines(text);
  const starts = instructions.flatMap(({ keyword }, at) => (keyword === 'FROM' ? [at] : []));
  const stages = starts.map((start, at) => readStage(instructions.slice(start, starts[at + 1])));
  return {
    ...{ escape, frontend: syntax, stages },
    globals: instructions.slice(0, starts[0]),
    arguments: instructions.flatMap((instruction) => readArguments(instruction, escape)),
  };
}

function readStage([from, ...instructions]: readonly Instruction[]): Stage {
  const { args = [], flags = [], line = 0 } = from ?? {};
  const name = args[1]?.toUpperCase() === 'AS' ? (args[2] ?? '').toLowerCase() : '';
  return { name, from: args[0] ?? '', platform: flagValue(flags, 'platform'), line, instructions };
}

function readArguments({ keyword, args, line }: Instruction, escape: string): readonly Argument[] {
  if (keyword !== 'ARG') return [];
  return args.map((word) => {
    const { name, value } = cutAtEquals(word);
    return { name, line, value: value === undefined ? undefined : stripQuotes(value, escape) };
  });
}
