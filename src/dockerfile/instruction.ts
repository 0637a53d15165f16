import { cutAtBlanks, splitAtBlanks, trim } from './blanks.ts';
import { findHeredocs, type Heredoc } from './heredocs.ts';
import { cutAtEquals, readJsonList, splitWords, takeFlags, type Flag } from './words.ts';

export interface Instruction {
  /** In capitals. An ONBUILD is read as the instruction that it holds: it runs in a later stage, or in a child. */
  readonly keyword: string;
  /** An ONBUILD holds it: it is not carried out where it is written. */
  readonly trigger: boolean;
  /** Where it starts, counted from one. */
  readonly line: number;
  readonly flags: readonly Flag[];
  /** As BuildKit cuts them, with quotes and variables as written; empty for instructions that nobody here asks about. */
  readonly args: readonly string[];
  readonly heredocs: readonly Heredoc[];
}

interface Source {
  readonly line: number;
  readonly escape: string;
}

type Cut = (rest: string, escape: string) => readonly string[];

/** How each instruction that matters here cuts its arguments. The others are not even looked at. */
const ARGUMENTS: Readonly<Record<string, Cut>> = {
  FROM: (rest) => (rest === '' ? [] : splitAtBlanks(rest)),
  ARG: splitWords,
  COPY: cutList,
  ADD: cutList,
  ENV: cutPairs,
  LABEL: cutPairs,
};
const WITH_HEREDOCS = new Set(['RUN', 'COPY', 'ADD']);

/** One instruction from its joined lines. https://docs.docker.com/reference/dockerfile/ */
export function readInstruction(text: string, source: Source): Instruction | undefined {
  const command = cutCommand(text, source.escape);
  const { keyword, rest, flags } = unwrapTrigger(command, source.escape);
  const trigger = keyword !== command.keyword;
  if (keyword === '') return undefined;
  const cut = Object.hasOwn(ARGUMENTS, keyword) ? ARGUMENTS[keyword] : undefined;
  const args = cut?.(rest, source.escape) ?? [];
  const opens = WITH_HEREDOCS.has(keyword) && text.includes('<<') && readJsonList(rest) === undefined;
  return { keyword, trigger, line: source.line, flags, args, heredocs: opens ? findHeredocs(text) : [] };
}

interface Command {
  readonly keyword: string;
  readonly flags: readonly Flag[];
  readonly rest: string;
}

function cutCommand(text: string, escape: string): Command {
  const [word, after = ''] = cutAtBlanks(trim(text));
  const { flags, rest } = takeFlags(after, escape);
  return { keyword: word.toUpperCase(), flags, rest: trim(rest) };
}

/** One level deep: a trigger that holds a trigger is an error. */
function unwrapTrigger(command: Command, escape: string): Command {
  if (command.keyword !== 'ONBUILD') return command;
  const inner = cutCommand(command.rest, escape);
  return ['ONBUILD', 'FROM', 'MAINTAINER', ''].includes(inner.keyword) ? command : inner;
}

function cutList(rest: string): readonly string[] {
  return rest === '' ? [] : (readJsonList(rest) ?? splitAtBlanks(rest));
}

/** `a=b c="d e"`, or the old form `a b c`, in which everything behind the name is the value. Names and values by turns. */
function cutPairs(rest: string, escape: string): readonly string[] {
  const words = splitWords(rest, escape);
  if (words[0]?.includes('=') !== true) {
    const [name, value] = cutAtBlanks(rest);
    return value === undefined ? [] : [name, value];
  }
  return words.flatMap((word) => {
    const { name, value } = cutAtEquals(word);
    return value === undefined ? [] : [name, value];
  });
}
