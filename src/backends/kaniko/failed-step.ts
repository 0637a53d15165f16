import type { Position } from '../../errors.ts';
import { shorten } from '../shared/shorten.ts';

/** The Dockerfile instruction at which kaniko failed. */
export interface FailedStep {
  /** The instruction as kaniko logs it, on one line; empty if the kept part of the log does not contain it. */
  readonly text: string;
  readonly at: Position;
  /** The only COPY or ADD with this path, and its line: kaniko checks for files before it logs the instruction. */
  readonly copyOf: (path: string) => Pick<FailedStep, 'text' | 'at'> | undefined;
  /** The last image that kaniko requested from a registry. */
  readonly base: string;
}

export interface DockerfileText {
  readonly file: string;
  readonly text: string;
}

/** kaniko logs each instruction before it runs the instruction or checks for its files. */
const ANNOUNCED = /^INFO\[\d+\] (?:Unpacking rootfs as cmd )?((?:ADD|COPY|RUN|WORKDIR|ENV|ARG|USER) .*)$/;

const RETRIEVED = /^INFO\[\d+\] Retrieving image (?:manifest )?(\S+)/;

/** The last instruction in the log, and its line if the Dockerfile contains that instruction only once. */
export function findFailedStep(output: string, dockerfile: DockerfileText): FailedStep {
  const { file } = dockerfile;
  const instructions = listInstructions(dockerfile.text);
  const announced = squeeze(lastCaught(output, ANNOUNCED).replace(/ requires it\.\s*$/, ''));
  const same = instructions.filter(({ text }) => announced !== '' && text === announced);
  const line = same.length === 1 ? same[0]?.line : undefined;
  return {
    text: shorten(announced),
    at: { file, ...(line !== undefined && { line }) },
    base: lastCaught(output, RETRIEVED),
    copyOf: (path) => {
      const [only, ...more] = instructions.filter((one) => namesPath(one, path));
      return only && more.length === 0
        ? { text: shorten(only.text), at: { file, line: only.line } }
        : undefined;
    },
  };
}

function namesPath({ text }: Instruction, path: string): boolean {
  return (
    /^(COPY|ADD) /.test(text) && text.split(' ').some((word) => word.replace(/^\.?\/|\/$/g, '') === path)
  );
}

function lastCaught(output: string, pattern: RegExp): string {
  const line = output.split('\n').findLast((one) => pattern.test(one));
  return pattern.exec(line ?? '')?.[1] ?? '';
}

interface Instruction {
  readonly line: number;
  readonly text: string;
}

/** Joins continued lines; comments and empty lines between them are ignored. */
function listInstructions(dockerfile: string): readonly Instruction[] {
  const found: Instruction[] = [];
  let open: Instruction | undefined;
  for (const [index, raw] of dockerfile.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(raw)) continue;
    const continues = /[\\`]\s*$/.test(raw);
    const text = `${open?.text ?? ''}${continues ? raw.replace(/[\\`]\s*$/, '') : raw}`;
    open = { line: open?.line ?? index + 1, text };
    if (continues) continue;
    found.push({ ...open, text: squeeze(open.text) });
    open = undefined;
  }
  return found;
}

/** Writes the keyword in capitals, as kaniko prints it, and replaces repeated white space by one space. */
function squeeze(text: string): string {
  return text
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/^\w+/, (keyword) => keyword.toUpperCase());
}
