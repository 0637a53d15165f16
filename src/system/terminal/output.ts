import type { Env } from '../env.ts';
import { openPort, type Screen, type Sink } from './port.ts';
import type { Redactor } from './redact.ts';
import { cleanLine } from './text.ts';

/**
 * All output passes through here, including that of child processes. Standard output has the result of the command:
 * tables, plans, and with `--json` exactly one document, so that it can be piped. Standard error has the rest: progress,
 * logs, warnings, errors. All output is redacted, and foreign text cannot control the terminal.
 */
export interface Output {
  /** Writes to standard output, redacted but otherwise unchanged. Adds a final newline if it is missing. */
  data(text: string): void;
  /** Writes one or more lines to standard error. */
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
  /** Details for debugging. GitHub shows them in grey if the run has debug logging. */
  debug(text: string): void;
  /** Writes the lines of a child process to standard error: `[web/linux-arm64] …`. */
  prefixed(label: string): (line: string) => void;
  /** Redacts and cleans a line for other displays: a log file, a live display. */
  clean(line: string): string;
  readonly stdout: Screen;
  readonly stderr: Screen;
  /** Writes to standard error with control sequences, for the live display and for commands to the CI platform. */
  draw(frame: string): void;
  /** Sets the live display, above which lines are printed; null to remove it. */
  setLive(live: LiveArea | null): void;
  /** Waits until everything is written: on exit, unwritten output to a pipe is lost. */
  flush(): Promise<void>;
}

export interface LiveArea {
  hide(): void;
  show(): void;
  /** Restores the terminal; also called when the process exits unexpectedly. */
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

/** Escapes GitHub's workflow commands, `::command::` at the start of a line and `##[command]` anywhere, in foreign text. */
function defuse(line: string): string {
  return line.replace(/^(\s*)::/, '$1: :').replaceAll('##[', '# #[');
}
