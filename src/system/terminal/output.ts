import type { Env } from '../env.ts';
import { openPort, type Screen, type Sink } from './port.ts';
import type { Redactor } from './redact.ts';
import { cleanLine } from './text.ts';

/**
 * The one place through which everything is printed, ours and the children's. Standard output carries what was asked
 * for: tables, plans, and with `--json` exactly one document, so that it can be piped. Standard error carries the rest:
 * progress, logs, warnings, errors. All of it is redacted, and no text that others wrote can steer the terminal.
 */
export interface Output {
  /** To standard output, nothing but redacted; a newline is added where the end has none. */
  data(text: string): void;
  /** To standard error, one or several lines. */
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
  /** What only who looks for a fault wants to know; GitHub shows it in grey, where the run has debug logging. */
  debug(text: string): void;
  /** A child's lines, to standard error: `[web/linux-arm64] …`. */
  prefixed(label: string): (line: string) => void;
  /** A line as it may be shown, for what shows it elsewhere: a log file, a live display. */
  clean(line: string): string;
  readonly stdout: Screen;
  readonly stderr: Screen;
  /** Steering sequences and all to standard error, for the live display and for what the CI platform is told. */
  draw(frame: string): void;
  /** While a live display is up, lines are printed above it; null once it is down. */
  setLive(live: LiveArea | null): void;
  /** Waits until all is written: the end of the process drops what a pipe has not taken. */
  flush(): Promise<void>;
}

export interface LiveArea {
  hide(): void;
  show(): void;
  /** Gives the terminal back as it was; also called when the process ends without notice. */
  restore(): void;
}

export interface OutputOptions {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Env;
  readonly redactor: Redactor;
}

export function createOutput({ stdout, stderr, env, redactor }: OutputOptions): Output {
  const out = openPort(stdout, env);
  const err = openPort(stderr, env);
  const onGitHub = env['GITHUB_ACTIONS'] === 'true';
  const live = holdLive();

  function clean(line: string): string {
    const text = redactor.redact(cleanLine(line, err.screen.colours));
    return onGitHub ? defuse(text) : text;
  }
  function print(text: string, prefix = ''): void {
    const lines = text.split('\n').map((line) => `${clean(prefix + line)}\n`);
    live.aside(() => err.write(lines.join('')));
  }
  function debug(text: string): void {
    const asCommand = onGitHub && env['RUNNER_DEBUG'] === '1';
    const lines = text.split('\n').map(clean);
    const marked = lines.map((line) =>
      asCommand ? `::debug::${line.replaceAll('%', '%25')}` : `debug: ${line}`,
    );
    live.aside(() => err.write(`${marked.join('\n')}\n`));
  }
  function data(text: string): void {
    const whole = redactor.redact(text) + (text.endsWith('\n') ? '' : '\n');
    live.aside(() => out.write(whole));
  }

  return {
    data,
    info: (text) => print(text),
    warn: (text) => print(text, 'warning: '),
    error: (text) => print(text),
    debug,
    prefixed: (label) => (line) => print(line, `[${label}] `),
    clean,
    stdout: out.screen,
    stderr: err.screen,
    draw: (frame) => err.write(redactor.redact(frame)),
    setLive: live.set,
    flush: async () => {
      await Promise.all([out.flush(), err.flush()]);
    },
  };
}

interface LiveHolder {
  set(live: LiveArea | null): void;
  aside(write: () => void): void;
}

function holdLive(): LiveHolder {
  let live: LiveArea | null = null;
  function restore(): void {
    live?.restore();
  }
  return {
    set: (next) => {
      process.off('exit', restore);
      if (next) process.once('exit', restore);
      live = next;
    },
    aside: (write) => {
      live?.hide();
      write();
      live?.show();
    },
  };
}

/** GitHub's runner obeys `::command::` at the start of a line and `##[command]` anywhere: text of others must not command it. */
function defuse(line: string): string {
  return line.replace(/^(\s*)::/, '$1: :').replaceAll('##[', '# #[');
}
