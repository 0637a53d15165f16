import type { DockerfileDialect } from '../domain/image.ts';
import { ociPlatform, type Platform } from '../domain/platform.ts';
import { UNKNOWN, type Effort, type Value } from './shell-cursor.ts';

/** What a Dockerfile is built with, as far as it is known before the build. */
export interface Situation {
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly platform: Platform;
  readonly builder: DockerfileDialect;
  /** Arguments that get their values during the run; they stay in the texts as variables. */
  readonly isFilled?: (name: string) => boolean;
  /** A variable that has neither value nor default stays in the text too, as a hint at what was meant. */
  readonly keepUnset?: boolean;
}

/** Enough for thousands of patterns of usual length; what goes beyond stays as it is written. */
export function startEffort(): Effort {
  return { left: 2_000_000 };
}

const BUILD_VARIABLES = [
  'BUILDPLATFORM',
  'BUILDOS',
  'BUILDOSVERSION',
  'BUILDARCH',
  'BUILDVARIANT',
  'TARGETSTAGE',
];

/**
 * The variables that every builder sets before the first ARG. Where it runs itself is not known when the build is planned.
 * https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope
 */
export function platformVariables({ platform, buildArgs }: Situation): ReadonlyMap<string, Value> {
  const { os, architecture, variant = '' } = ociPlatform(platform);
  const values = new Map<string, Value>([
    ...BUILD_VARIABLES.map((name) => [name, UNKNOWN] as const),
    ['TARGETPLATFORM', [os, architecture, variant].filter((part) => part !== '').join('/')],
    ...([
      ['TARGETOS', os],
      ['TARGETARCH', architecture],
      ['TARGETVARIANT', variant],
      ['TARGETOSVERSION', ''],
    ] as const),
  ]);
  for (const name of values.keys()) {
    if (Object.hasOwn(buildArgs, name)) values.set(name, buildArgs[name]);
  }
  return values;
}

/** kaniko gives FROM no variable of the platform, but every build argument that is not empty, declared or not. */
export function kanikoVariables({ buildArgs }: Situation): ReadonlyMap<string, Value> {
  return new Map(Object.entries(buildArgs).filter(([, value]) => value !== ''));
}

/** The value from outside, which wins over any default. */
export function givenValue({ buildArgs, isFilled }: Situation, name: string): Value {
  if (Object.hasOwn(buildArgs, name)) return buildArgs[name];
  return isFilled?.(name) === true ? UNKNOWN : undefined;
}

const LONGEST = 4096;

/** Nothing that is looked up here is that long, and values that double each other would fill the memory. */
export function keepable(value: string | undefined): Value {
  return value === undefined || value.length > LONGEST ? UNKNOWN : value;
}
