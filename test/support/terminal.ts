import { EventEmitter } from 'node:events';
import { displayWidth } from '../../src/system/terminal/width.ts';

export interface Size {
  columns: number;
  rows: number;
}

/** A terminal as far as the product steers one: it keeps what was written, and what a person would see of it. */
export class Terminal extends EventEmitter {
  readonly isTTY: boolean;
  written = '';
  cursorShown = true;
  /** Cells: a wide character fills its own and leaves the next one empty. */
  private lines: string[][] = [[]];
  private row = 0;
  private column = 0;

  constructor(
    private size: Size | null = { columns: 80, rows: 24 },
    private readonly failure: NodeJS.ErrnoException | null = null,
  ) {
    super();
    this.isTTY = size !== null;
  }

  get columns(): number {
    return this.size?.columns ?? 0;
  }

  get rows(): number {
    return this.size?.rows ?? 0;
  }

  write(text: string, done?: () => void): boolean {
    if (this.failure) this.emit('error', this.failure);
    else this.show(text);
    done?.();
    return true;
  }

  /** What stands on it from the first line on, scrolled away or not. */
  seen(): string[] {
    const lines = this.lines.map((cells) => cells.join('').trimEnd());
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  /** Lines that are too long for the new width wrap, as terminals do it. */
  resize(size: Size): void {
    const at = this.row;
    const before = this.lines.slice(0, at).flatMap((line) => wrap(line, size.columns));
    this.lines = [...before, ...this.lines.slice(at).flatMap((line) => wrap(line, size.columns))];
    this.row = before.length;
    this.size = size;
    this.emit('resize');
  }

  private show(text: string): void {
    this.written += text;
    for (const part of text.match(/\x1b\[[\d;?]*[A-Za-z]|[^\x1b]/gsu) ?? []) {
      if (part.startsWith('\x1b')) this.obey(part);
      else this.type(part);
    }
  }

  private obey(sequence: string): void {
    const count = Number(/\d+/.exec(sequence)?.[0] ?? 1);
    if (sequence === '\x1b[?25l') this.cursorShown = false;
    else if (sequence === '\x1b[?25h') this.cursorShown = true;
    else if (sequence.endsWith('A')) this.row = Math.max(this.top(), this.row - count);
    else if (sequence.endsWith('B')) this.row += count;
    else if (sequence.endsWith('K')) this.lines[this.row] = [];
    else if (sequence.endsWith('J')) this.lines.splice(this.row, Infinity, []);
    else if (!sequence.endsWith('m')) throw new Error(`unknown sequence ${JSON.stringify(sequence)}`);
  }

  /** The cursor cannot go above the screen. */
  private top(): number {
    return Math.max(0, this.lines.length - this.rows);
  }

  private type(char: string): void {
    if (char === '\r') this.column = 0;
    else if (char === '\n') this.moveTo(this.row + 1);
    else this.put(char);
  }

  private put(char: string): void {
    if (this.size && this.column + displayWidth(char) > this.columns) this.moveTo(this.row + 1);
    const cells = this.lines[this.row] ?? [];
    while (cells.length < this.column) cells.push(' ');
    const width = displayWidth(char);
    cells.splice(this.column, width, char, ...Array<string>(Math.max(0, width - 1)).fill(''));
    this.lines[this.row] = cells;
    this.column += width;
  }

  private moveTo(row: number): void {
    this.row = row;
    this.column = 0;
    while (this.lines.length <= row) this.lines.push([]);
  }
}

function wrap(line: readonly string[], columns: number): string[][] {
  const length = line.join('').trimEnd() === '' ? 0 : line.length;
  const rows = Math.max(1, Math.ceil(length / columns));
  return Array.from({ length: rows }, (_, row) => line.slice(row * columns, (row + 1) * columns));
}
