import type { Fingerprint } from '../domain/fingerprint.ts';
import { showControls } from '../system/terminal/text.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

/** The fingerprint of a leg's current sources, and that of the published image. */
export interface ComparedLeg {
  readonly id: string;
  readonly now: Fingerprint | { readonly unknown: string };
  /** Null if no image is published, or if it has no fingerprint. */
  readonly published: Fingerprint | null;
}

/** Compares the fingerprints part by part, to show why a leg was built or not. */
export function renderFingerprints(legs: readonly ComparedLeg[], reference: string, style: Style): string {
  return legs.map((leg) => renderLeg(leg, reference, style)).join('\n\n');
}

function renderLeg({ id, now, published }: ComparedLeg, reference: string, style: Style): string {
  const title = style.bold(showControls(id));
  if (!('hash' in now)) return `${title}  no fingerprint, so it is built: ${showControls(now.unknown)}`;
  const rows = Object.entries(now.parts).map(([name, part]) => [name, part, compare(published, name, part)]);
  return [`${title}  ${describe(now, published, showControls(reference))}`, ...renderTable(rows, '  ')].join(
    '\n',
  );
}

function describe(now: Fingerprint, published: Fingerprint | null, reference: string): string {
  if (published === null) return `${reference} has no fingerprint to compare with`;
  return now.hash === published.hash ? `the same as ${reference}` : `different from ${reference}`;
}

function compare(published: Fingerprint | null, name: string, part: string): string {
  if (published === null || published.parts[name] === part) return '';
  return `changed, was ${showControls(published.parts[name] ?? 'absent')}`;
}
