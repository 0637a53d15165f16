import type { Head } from '../changes/head.ts';
import { EVENT_KINDS, type EventKind, type RunEvent } from '../domain/event.ts';
import { closest } from '../domain/closest.ts';
import { HephyError } from '../errors.ts';
import { type FlagValues, isSet, listFlag, textFlag } from './invoked.ts';

/** Flags of the command line win over the event of the CI platform. */
export function eventFromFlags(event: RunEvent, flags: FlagValues): RunEvent {
  const images = listFlag(flags, 'images');
  if (images.length > 0 && isSet(flags, 'all')) {
    throw new HephyError('USAGE', '--images and --all cannot be used together', {
      hint: 'Remove one of the two.',
    });
  }
  return {
    ...event,
    kind: readKind(textFlag(flags, 'event')) ?? event.kind,
    sha: textFlag(flags, 'head') ?? event.sha,
    images: images.length > 0 ? images : event.images,
  };
}

/** `--event tag` at a terminal: the tag that `--head` names, else the tag of the commit. */
export function nameTag(event: RunEvent, { ref, tagsAtHead }: Pick<Head, 'ref' | 'tagsAtHead'>): RunEvent {
  if (event.kind !== 'tag' || ref.startsWith('refs/tags/')) return { ...event, ref };
  const tag = tagsAtHead.find((name) => name === event.sha) ?? tagsAtHead.at(-1);
  if (tag !== undefined) return { ...event, ref: `refs/tags/${tag}` };
  throw new HephyError('USAGE', '--event tag: this commit has no git tag', {
    hint: 'Tag the commit, or name a tag: --head v1.4.2',
  });
}

function readKind(text: string | undefined): EventKind | undefined {
  if (text === undefined) return undefined;
  const kind = EVENT_KINDS.find((known) => known === text.replace('-', '_'));
  if (kind) return kind;
  const near = closest(text, EVENT_KINDS);
  throw new HephyError('USAGE', `--event ${text}: unknown event${near ? `, did you mean ${near}?` : ''}`, {
    hint: `Events are ${EVENT_KINDS.join(', ')}.`,
  });
}

/** The images that the user requested: a list, all, or null, and then the event decides. */
export function requestedImages(flags: FlagValues): 'all' | readonly string[] | null {
  const images = listFlag(flags, 'images');
  if (isSet(flags, 'all')) return 'all';
  return images.length > 0 ? images : null;
}

/** In UTC, and once for the whole run, so that all legs have the same date even at midnight. */
export function runDate(flags: FlagValues, now: Date): string {
  const given = textFlag(flags, 'date');
  if (given === undefined) return now.toISOString().slice(0, 10).replaceAll('-', '');
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(given) ?? [];
  const iso = `${year}-${month}-${day}`;
  const date = new Date(`${iso}T00:00:00Z`);
  if (!Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso)) return given;
  throw new HephyError('USAGE', `--date ${given} is not a date`, { hint: 'Write it as YYYYMMDD: 20261120.' });
}
