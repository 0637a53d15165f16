import { posix } from 'node:path';
import type { Leg, Recipe } from '../../domain/image.ts';
import type { BuildResult, ExecOutcome, Invocation } from '../../domain/invocation.ts';
import { HephyError } from '../../errors.ts';
import type { Backend } from '../backend.ts';
import { fit } from './fit.ts';
import { passedVariables } from './environment.ts';
import { explainFailure } from './failures.ts';
import { listManifestFiles } from './manifest-files.ts';
import { SpinOptions } from './options.ts';

/** Builds WebAssembly applications: https://spinframework.dev */
export const spin: Backend<SpinOptions> = {
  id: 'spin',
  tool: 'spin',
  options: SpinOptions,
  platforms: ['wasm32-wasi'],
  traits: {
    defaultPlatforms: ['wasm32-wasi'],
    dockerfile: null,
    crossCompiles: true,
    emulates: false,
    weight: 2,
    ownJob: false,
    pull: 'spin registry pull',
    followsLinks: true,
    secrets: 'variables',
    githubCache: false,
    frontends: false,
    mirrors: 'never',
    usesBuilder: false,
    identity: [{ version: 'spin' }],
    upstreamUnknown: null,
  },
  fit,
  // The components' build commands write into the context, and git ignores those files.
  sourceFiles: ({ options }) => ({ kind: options.build ? 'tracked' : 'context' }),
  inputs: listInputs,
  namedFiles: listManifestFiles,
  invocation: describe,
  // The variables that select the compilers of the components.
  influences: () => ({ env: ['RUSTUP_TOOLCHAIN', 'GOFLAGS', 'GOTOOLCHAIN'], bases: [], unknown: null }),
  resultFiles: () => [],
  readResult,
  explain: explainFailure,
};

/** Only the manifest: files outside the context that it refers to must be listed in `watch`. */
function listInputs({ source, options }: Pick<Recipe<SpinOptions>, 'source' | 'options'>): readonly string[] {
  return [posix.join(source.context, options.manifest_path)];
}

/** `spin registry push --build` runs `spin build` and pushes the result with one command. */
function describe(leg: Leg<SpinOptions>): Invocation {
  const { source, options, secrets } = leg.recipe;
  return {
    tool: spin.tool,
    args: ['registry', 'push', ...flags(leg), '--', `${leg.repository}:${leg.tag}`],
    cwd: posix.join(leg.root, source.context),
    env: {
      // A Spin application has no build arguments, but its build commands can read variables.
      ...leg.buildArgs,
      SOURCE_DATE_EPOCH: String(leg.sourceDateEpoch),
      // Spin copies the application's files to TMPDIR and does not always remove them.
      TMPDIR: leg.scratch,
    },
    passEnv: passedVariables(secrets),
    files: [],
  };

  function flags({ scratch, insecure }: Leg): readonly string[] {
    return [
      `--from=${posix.normalize(options.manifest_path)}`,
      `--cache-dir=${posix.join(scratch, 'cache')}`,
      ...(options.build ? ['--build'] : []),
      // Spin uses TLS for localhost too, and plain HTTP only with --insecure.
      ...(insecure ? ['--insecure'] : []),
      ...annotations(leg),
    ];
  }
}

/** Spin sets no labels, so labels become annotations: the image must show which config and commit it was built from. */
function annotations(leg: Leg): readonly string[] {
  const values = { [CREATED]: createdAt(leg), ...leg.labels, ...leg.annotations };
  return Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => {
      if (key !== '' && !key.includes('=')) return `--annotation=${key}=${value}`;
      throw new HephyError('CONFIG_VALUE', `Spin cannot set an annotation called "${key}"`, {
        hint: 'A key may not be empty and may not contain "=". Labels become annotations with Spin.',
      });
    });
}

const CREATED = 'org.opencontainers.image.created';

/** By default Spin writes the current time, so that no two builds would have the same digest. */
function createdAt({ sourceDateEpoch }: Leg): string {
  return new Date(sourceDateEpoch * 1000).toISOString().replace('.000Z', 'Z');
}

/** Reads the last line, as the components' commands print before it. Not every registry returns the digest. */
function readResult(_leg: Leg<SpinOptions>, { stdout }: ExecOutcome): BuildResult | HephyError {
  const lastLine = stdout.trimEnd().split('\n').at(-1) ?? '';
  const digest = /^Pushed with digest (sha256:[0-9a-f]{64})$/.exec(lastLine)?.[1];
  if (digest !== undefined) return { digest };
  if (lastLine.startsWith('Pushed; the registry did not return the digest')) return { digest: null };
  return new HephyError('BUILD_FAILED', `spin succeeded but did not report what it pushed`, {
    hint: 'hephy doctor shows which spin is used and which version is expected.',
  });
}
