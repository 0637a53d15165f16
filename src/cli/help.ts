import type { Verb } from '../session/invoked.ts';
import { VERBS } from './verbs.ts';

export function renderHelp(version: string): string {
  const width = Math.max(...VERBS.map(({ name }) => name.length));
  return [
    `hephy ${version}: one small config per image, the right builder for each`,
    '',
    'Usage: hephy COMMAND [FLAGS]',
    '',
    ...VERBS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'hephy COMMAND --help shows flags and examples. Exit codes: 0 done, 1 failed, 2 usage or config.',
    '',
  ].join('\n');
}

export function renderVerbHelp(verb: Verb): string {
  const shown = verb.flags.map((flag) => ({
    left: flag.value ? `--${flag.name} ${flag.value}` : `--${flag.name}`,
    right: flag.meaning,
  }));
  const width = Math.max(0, ...shown.map(({ left }) => left.length));
  const flags = shown.map(({ left, right }) => `  ${left.padEnd(width)}  ${right}`);
  return [
    `hephy ${verb.name}: ${verb.summary}`,
    '',
    `Usage: hephy ${verb.name} ${[verb.operands, flags.length > 0 ? '[FLAGS]' : ''].filter(Boolean).join(' ')}`.trimEnd(),
    ...(flags.length > 0 ? ['', ...flags] : []),
    '',
    'Examples:',
    ...verb.examples.map((example) => `  ${example}`),
    '',
  ].join('\n');
}

/** The table in the README, with the first example of each command. */
export function renderCommandTable(): string {
  const rows = VERBS.map(
    ({ name, summary, examples }) => `| \`hephy ${name}\` | ${summary} | \`${examples[0] ?? ''}\` |`,
  );
  return ['| command | what it does | for example |', '| --- | --- | --- |', ...rows].join('\n');
}
