import { parseArgs } from 'node:util';
import { HephyError } from '../errors.ts';
import { closest } from '../domain/closest.ts';
import { type FlagValues, parseArgsOptions, type Verb } from '../session/invoked.ts';
import { VERBS } from './verbs.ts';

export interface CommandLine {
  /** Undefined: the user asked for general help, or gave no command. */
  readonly verb: Verb | undefined;
  readonly help: boolean;
  readonly version: boolean;
  readonly flags: FlagValues;
  readonly operands: readonly string[];
}

export function parseCommandLine(argv: readonly string[]): CommandLine {
  const [first, ...rest] = argv;
  const word = first ?? '--help';
  const nothing = { flags: {}, operands: [] };
  if (word === '--version' || word === '-V')
    return { verb: undefined, help: false, version: true, ...nothing };
  if (word === '--help' || word === '-h') return { verb: undefined, help: true, version: false, ...nothing };
  if (word === 'help')
    return {
      verb: rest[0] === undefined ? undefined : findVerb(rest[0]),
      help: true,
      version: false,
      ...nothing,
    };
  return parseVerb(findVerb(word), rest);
}

function findVerb(word: string): Verb {
  const verb = VERBS.find(({ name }) => name === word);
  if (verb) return verb;
  const near = closest(
    word,
    VERBS.map(({ name }) => name),
  );
  throw new HephyError('USAGE', `there is no command "${word}"${near ? `, did you mean "${near}"?` : ''}`, {
    hint: 'hephy --help lists the commands',
  });
}

function parseVerb(verb: Verb, args: readonly string[]): CommandLine {
  if (args.some((arg) => arg === '--help' || arg === '-h')) {
    return { verb, help: true, version: false, flags: {}, operands: [] };
  }
  rejectInvalidFlags(verb, args);
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: parseArgsOptions(verb.flags),
      allowPositionals: verb.operands !== '',
    });
    return { verb, help: false, version: false, flags: definedFlags(values), operands: positionals };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new HephyError('USAGE', message, { hint: `hephy ${verb.name} --help shows its flags`, cause });
  }
}

/** The type of `parseArgs` allows lists; no flag here may be given twice. */
function definedFlags(values: Readonly<Record<string, unknown>>): FlagValues {
  const flags: Record<string, string | boolean> = {};
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string' || typeof value === 'boolean') flags[name] = value;
  }
  return flags;
}

function rejectInvalidFlags(verb: Verb, args: readonly string[]): void {
  const end = args.indexOf('--');
  const known = verb.flags.map(({ name }) => name);
  const seen = new Set<string>();
  for (const arg of end < 0 ? args : args.slice(0, end)) {
    const name = /^--([^=]+)/.exec(arg)?.[1];
    if (name === undefined) continue;
    if (seen.has(name)) throw givenTwice(name);
    seen.add(name);
    if (known.includes(name)) continue;
    const near = closest(name, known);
    throw new HephyError(
      'USAGE',
      `hephy ${verb.name} has no flag --${name}${near ? `, did you mean --${near}?` : ''}`,
      {
        hint: `hephy ${verb.name} --help shows its flags`,
      },
    );
  }
}

/** Using the last value would silently ignore the first. */
function givenTwice(name: string): HephyError {
  return new HephyError('USAGE', `--${name} is given twice`, {
    hint: 'Give it once; lists are written with commas: --images a,b.',
  });
}
