import type { Instruction } from './lines.ts';
import { readMount, stripQuotes, takeFlags } from './words.ts';

/** A part of the context that an instruction names, as written. `stage` counts from zero. */
export interface CopiedSource {
  readonly raw: string;
  readonly stage: number;
}

/** What COPY and ADD take from the context, and what RUN mounts of it; nothing of other stages, images or addresses. */
export function readCopies(instruction: Instruction, stage: number): readonly CopiedSource[] {
  const sources = instruction.keyword === 'RUN' ? readMounts(instruction) : readSources(instruction);
  return sources.map((raw) => ({ raw, stage }));
}

function readSources({ keyword, words }: Instruction): readonly string[] {
  if (keyword !== 'COPY' && keyword !== 'ADD') return [];
  const { flags, operands } = takeFlags(words);
  if (flags.some(({ name }) => name === 'from')) return [];
  const sources = readList(operands.join(' ')) ?? operands.map(stripQuotes);
  return sources.slice(0, -1).filter((source) => !/^<<|:\/\/|^git@/.test(source));
}

/** `["a b", "/c"]`, the form for names with blanks. */
function readList(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((item) => typeof item === 'string') ? list : undefined;
  } catch {
    return undefined;
  }
}

function readMounts({ words }: Instruction): readonly string[] {
  const mounts = takeFlags(words).flags.filter(({ name }) => name === 'mount');
  return mounts.flatMap(({ value }) => {
    const mount = readMount(value);
    const isContext = (mount.get('type') ?? 'bind') === 'bind' && !mount.has('from');
    return isContext ? [mount.get('source') ?? mount.get('src') ?? '.'] : [];
  });
}
