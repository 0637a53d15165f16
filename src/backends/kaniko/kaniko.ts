import { posix } from 'node:path';
import { z } from 'zod';
import type { Leg, Recipe } from '../../domain/image.ts';
import type { BuildResult, ExecOutcome, Invocation } from '../../domain/invocation.ts';
import { HephyError } from '../../errors.ts';
import { type Backend, DEFAULT_LINUX_PLATFORMS, LINUX_PLATFORMS } from '../backend.ts';
import { findMissingDockerfile } from '../shared/missing-dockerfile.ts';
import { containerArgs, ENGINE_ENV } from './container.ts';
import { explainFailure } from './failures.ts';
import { dockerfileOf } from './source.ts';

/** Builds Dockerfiles in a container, without a build daemon: https://github.com/osscontainertools/kaniko */
export const kaniko: Backend = {
  id: 'kaniko',
  tool: 'docker',
  // The config fields that all backends share cover everything in a Dockerfile build.
  options: z.strictObject({}),
  platforms: LINUX_PLATFORMS,
  traits: {
    defaultPlatforms: DEFAULT_LINUX_PLATFORMS,
    dockerfile: 'kaniko',
    crossCompiles: false,
    emulates: true,
    weight: 4,
    ownJob: true,
    pull: 'docker pull',
    followsLinks: false,
    secrets: 'all',
    githubCache: false,
    frontends: false,
    mirrors: 'always',
    usesBuilder: false,
    // The command contains the image of the executor, so it identifies the tool.
    identity: ['mirrors'],
    upstreamUnknown: null,
  },
  fit: { missing: findMissingDockerfile },
  sourceFiles: () => ({ kind: 'context' }),
  inContainer: true,
  inputs: listInputs,
  invocation: describe,
  resultFiles: (leg) => [digestFile(leg)],
  readResult,
  explain: explainFailure,
};

/** The Dockerfile may be outside the context, with its own ignore file next to it. */
function listInputs({ source }: Pick<Recipe, 'source'>): readonly string[] {
  const dockerfile = dockerfileOf(source);
  return [dockerfile, `${dockerfile}.dockerignore`];
}

function describe(leg: Leg): Invocation {
  const digest = digestFile(leg);
  const secretNames = leg.recipe.secrets.flatMap(({ env }) => env ?? []);
  return {
    tool: kaniko.tool,
    args: containerArgs(leg, digest),
    cwd: leg.root,
    env: {},
    passEnv: [...ENGINE_ENV, ...secretNames],
    // Only an existing file can be mounted.
    files: [{ path: digest, content: '' }],
  };
}

function digestFile(leg: Leg): string {
  return posix.join(leg.scratch, 'digest');
}

function readResult(leg: Leg, outcome: ExecOutcome): BuildResult | HephyError {
  const digest = (outcome.files[digestFile(leg)] ?? '').trim();
  if (/^sha256:[0-9a-f]{64}$/.test(digest)) return { digest };
  const found = digest === '' ? 'no digest' : `"${digest}" as the digest`;
  return new HephyError(
    'BUILD_FAILED',
    `kaniko succeeded but reported ${found} for ${leg.repository}:${leg.tag}`,
    {
      hint: 'Check the setting kaniko_image: the entrypoint of that image must be kaniko’s executor.',
    },
  );
}
