import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { parsePlatform, PLATFORMS, type Platform } from '../domain/platform.ts';
import type { LegSelection } from '../plan/select-legs.ts';
import { closest } from '../domain/closest.ts';
import { HephyError } from '../errors.ts';
import { type FlagValues, isSet, textFlag } from '../session/invoked.ts';

export interface BuildFlags extends LegSelection {
  readonly jobs: number | undefined;
  /** The absolute path of the directory for OCI layouts. */
  readonly layoutDir: string | undefined;
  readonly cores: number;
  /** Build unchanged legs too. */
  readonly rebuild: boolean;
}

export function readBuildFlags(flags: FlagValues): BuildFlags {
  return {
    platform: readPlatform(textFlag(flags, 'platform')),
    job: readJob(flags),
    jobs: readJobs(textFlag(flags, 'jobs')),
    layoutDir: readLayoutDir(textFlag(flags, 'output')),
    cores: availableParallelism(),
    rebuild: isSet(flags, 'rebuild'),
  };
}

function readPlatform(text: string | undefined): Platform | undefined {
  const platform = text === undefined ? undefined : parsePlatform(text);
  if (platform !== undefined || text === undefined) return platform;
  const near = closest(text, PLATFORMS);
  throw new HephyError(
    'USAGE',
    `--platform ${text}: unknown platform${near ? `, did you mean ${near}?` : ''}`,
    {
      hint: `Platforms are ${PLATFORMS.join(', ')}.`,
    },
  );
}

function readJob(flags: FlagValues): string | undefined {
  const job = textFlag(flags, 'job');
  if (job === undefined || textFlag(flags, 'plan') !== undefined) return job;
  throw new HephyError('USAGE', `--job ${job} requires --plan`, {
    hint: 'Add --plan FILE; `hephy prepare --json > FILE` makes one.',
  });
}

function readJobs(text: string | undefined): number | undefined {
  if (text === undefined || /^[1-9]\d{0,3}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new HephyError('USAGE', `--jobs ${text} must be a positive integer`, {
    hint: 'Use a number from 1 to 9999: the legs to build at the same time.',
  });
}

function readLayoutDir(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const directory = /^oci:(.+)$/s.exec(text)?.[1];
  if (directory !== undefined) return resolve(directory);
  throw new HephyError('USAGE', `--output ${text}: only OCI layouts are supported`, {
    hint: 'Write it as --output oci:DIR.',
  });
}
