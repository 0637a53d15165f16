import { splitShellWords } from './shell-words.ts';

export interface Heredoc {
  /** The line that ends it. */
  readonly name: string;
  /** `<<-`: tabs may stand before that line. */
  readonly indented: boolean;
}

const OPENING = /^\d*<<(-?)[\t\n\f\r ]*([^<]*)$/;

/**
 * The here-documents that an instruction opens. Words and quotes are the shell's, with a backslash for the escape
 * whatever the file says; where a quote has no end, there is none.
 */
export function findHeredocs(text: string): readonly Heredoc[] {
  return (splitShellWords(text, 'written') ?? []).flatMap(readOpening);
}

function readOpening(word: string): readonly Heredoc[] {
  const [, dash, written = ''] = OPENING.exec(word) ?? [];
  if (dash === undefined || written === '') return [];
  const names = splitShellWords(written, 'read') ?? [];
  const [name] = names;
  return name === undefined || names.length !== 1 ? [] : [{ name, indented: dash === '-' }];
}
