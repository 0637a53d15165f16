import { HephyError } from '../../errors.ts';
import type { Env } from '../env.ts';

/** The used part of a stream: `process.stdout`, a pipe, or a test's stream. */
export interface Sink {
  write(text: string, done?: (error?: Error | null) => void): boolean;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** The properties of the output that a renderer needs. */
export interface Screen {
  /** A terminal that can redraw, outside of CI. */
  readonly interactive: boolean;
  readonly colours: boolean;
  /** Undefined if the length of lines is not limited. */
  columns(): number | undefined;
  rows(): number | undefined;
  /** Returns a function that removes the listener. */
  onResize(listener: () => void): () => void;
}

export interface Port {
  readonly screen: Screen;
  write(text: string): void;
  flush(): Promise<void>;
}

const GONE = ['EPIPE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END'];

/** A stream that may be closed: after `hephy plan | head` the rest is dropped silently. A full disk is an error. */
export function openPort(sink: Sink, env: Env): Port {
  let gone = false;
  let fault: Error | undefined;
  sink.on('error', (error) => {
    gone = true;
    if (!GONE.includes(error.code ?? '')) fault = error;
  });
  function write(text: string): void {
    if (!gone && text !== '') sink.write(text);
  }
  async function flush(): Promise<void> {
    if (!gone) await new Promise<void>((resolve) => sink.write('', () => resolve()));
    if (!fault) return;
    throw new HephyError('OUTPUT_WRITE', `output could not be written: ${fault.message}`, {
      cause: fault,
    });
  }
  return { screen: describeScreen(sink, env), write, flush };
}

function describeScreen(sink: Sink, env: Env): Screen {
  const capable = sink.isTTY === true && env['TERM'] !== 'dumb';
  return {
    interactive: capable && !isSet(env['CI']),
    colours: wantsColours(capable, env),
    // A pseudo-terminal without a size reports 0, which does not mean to truncate lines.
    columns: () => (sink.isTTY ? sink.columns || undefined : undefined),
    rows: () => (sink.isTTY ? sink.rows || undefined : undefined),
    onResize: (listener) => {
      sink.on('resize', listener);
      return () => sink.off('resize', listener);
    },
  };
}

/** https://force-color.org wins over https://no-color.org, as in Node itself. */
function wantsColours(capable: boolean, env: Env): boolean {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced === '' || isSet(forced);
  return capable && !env['NO_COLOR'];
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}
