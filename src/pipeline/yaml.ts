import { Document, Scalar, visit } from 'yaml';
import type { Job } from './input.ts';

/** What stands between the lines of a block is kept by every reader; of these characters YAML makes something else. */
const UNPRINTABLE = /[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;
/** Blanks at either end would have to be counted. */
const BLOCK = /^\S[^]*\S\n?$/;

/**
 * GitLab reads YAML 1.1, where `on` and `12:30` are no texts. Each job begins with a comment for those who read it.
 */
export function renderEntry(name: string, value: Job | readonly string[], about = ''): string {
  const document = new Document({ [name]: value }, { version: '1.1', aliasDuplicateObjects: false });
  visit(document, { Scalar: (_, node) => keepText(node) });
  const comment = about === '' ? '' : `# ${about.replaceAll(/[\r\n]+/g, ' ')}\n`;
  return (
    comment + document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER })
  );
}

function keepText(node: Scalar): void {
  if (typeof node.value !== 'string') return;
  if (UNPRINTABLE.test(node.value)) node.type = Scalar.QUOTE_DOUBLE;
  else if (node.value.includes('\n'))
    node.type = BLOCK.test(node.value) ? Scalar.BLOCK_LITERAL : Scalar.QUOTE_DOUBLE;
}
