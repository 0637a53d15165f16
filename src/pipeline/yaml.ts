import { Document, Scalar, visit } from 'yaml';
import type { Job } from './input.ts';

/** Characters that YAML readers change or refuse in a block of text, so that such a text has to be quoted. */
const UNPRINTABLE = /[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;
/** A block whose first or last character is a space would need an indentation indicator. */
const BLOCK = /^\S[^]*\S\n?$/;

/**
 * GitLab reads YAML 1.1, where `on` is a boolean and `12:30` is a number. Each job begins with a comment for readers.
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
