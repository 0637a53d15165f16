import { posix } from 'node:path';
import type { Leg } from '../../domain/image.ts';
import type { Invocation } from '../../domain/invocation.ts';
import { HephyError } from '../../errors.ts';
import { type Backend, DEFAULT_LINUX_PLATFORMS, LINUX_PLATFORMS } from '../backend.ts';
import { findMissingDockerfile } from '../shared/missing-dockerfile.ts';
import { cacheFlags } from './cache.ts';
import { csvRecord } from '../shared/csv.ts';
import { passedVariables } from './environment.ts';
import { explainFailure } from './failures.ts';
import { BuildkitOptions } from './options.ts';
import { metadataFile, readResult } from './result.ts';
import { readStepOutput } from './output.ts';
import { dockerfileOf, ignoreFilesOf, sourceFlags } from './source.ts';

/** Supports everything in a Dockerfile: https://github.com/moby/buildkit. The runner sets the builder's address. */
export const buildkit: Backend<BuildkitOptions> = {
  id: 'buildkit',
  tool: 'buildctl',
  options: BuildkitOptions,
  platforms: LINUX_PLATFORMS,
  traits: {
    defaultPlatforms: DEFAULT_LINUX_PLATFORMS,
    dockerfile: 'buildkit',
    crossCompiles: false,
    emulates: false,
    weight: 3,
    ownJob: false,
    pull: 'docker pull',
    followsLinks: false,
    secrets: 'all',
    githubCache: true,
    frontends: true,
    mirrors: 'started',
    usesBuilder: true,
    identity: ['builder', 'mirrors'],
    upstreamUnknown: null,
  },
  fit: { missing: findMissingDockerfile },
  sourceFiles: () => ({ kind: 'context' }),
  inputs: (recipe) => [dockerfileOf(recipe), ...ignoreFilesOf(recipe)],
  invocation: describe,
  resultFiles: (leg) => [metadataFile(leg)],
  readResult,
  explain: explainFailure,
  attests: ({ provenance, sbom }) => provenance !== false || sbom !== false,
  excerpt: readStepOutput,
};

function describe(leg: Leg<BuildkitOptions>): Invocation {
  return {
    tool: buildkit.tool,
    args: [
      ...['build', '--progress', 'plain', '--frontend', 'dockerfile.v0'],
      ...sourceFlags(leg),
      ...Object.entries(frontendOpts(leg)).flatMap(([key, value]) => ['--opt', `${key}=${value}`]),
      ...['--output', csvRecord(imageOutput(leg))],
      ...cacheFlags(leg),
      ...secretFlags(leg),
      ...leg.recipe.options.allow.flatMap((right) => ['--allow', right]),
      ...['--metadata-file', metadataFile(leg)],
    ],
    cwd: leg.root,
    env: {},
    passEnv: passedVariables(leg),
    files: [],
  };
}

/** BuildKit splits each of these options at the first `=` and does not parse the value. */
function frontendOpts(leg: Leg<BuildkitOptions>): Readonly<Record<string, string>> {
  const buildArgs = { SOURCE_DATE_EPOCH: String(leg.sourceDateEpoch), ...leg.buildArgs };
  return {
    ...(leg.target !== null && { target: leg.target }),
    platform: leg.platform,
    ...(leg.fresh && { 'image-resolve-mode': 'pull' }),
    ...prefixed('build-arg:', buildArgs),
    ...prefixed('label:', leg.labels),
    ...attestationOpts(leg.recipe.options),
  };
}

function imageOutput(leg: Leg<BuildkitOptions>): Readonly<Record<string, string>> {
  return {
    type: 'image',
    name: `${leg.repository}:${leg.tag}`,
    push: 'true',
    'oci-mediatypes': 'true',
    'rewrite-timestamp': 'true',
    ...(leg.insecure && { 'registry.insecure': 'true' }),
    ...prefixed('annotation.', lowerCased(leg.annotations)),
  };
}

/** buildctl writes the keys of a CSV record in lower case. Labels are not part of one, so their case is kept. */
function lowerCased(annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const changed = Object.keys(annotations).find((key) => key !== key.toLowerCase());
  if (changed === undefined) return annotations;
  throw new HephyError('CONFIG_VALUE', `buildctl cannot set an annotation called "${changed}"`, {
    hint: 'Write its name in lower case, or make it a label.',
  });
}

function prefixed(prefix: string, values: Readonly<Record<string, string>>): Record<string, string> {
  const keys = Object.keys(values).sort();
  const bad = keys.find((key) => key === '' || /[\s=]/.test(key));
  if (bad === undefined) return Object.fromEntries(keys.map((key) => [prefix + key, values[key] ?? '']));
  throw new HephyError('CONFIG_VALUE', `BuildKit cannot set a ${prefix.slice(0, -1)} called "${bad}"`, {
    hint: 'A name may not be empty and may contain neither spaces nor "=".',
  });
}

/** Passes a variable name or a file path: the command line never contains the value of a secret. */
function secretFlags(leg: Leg<BuildkitOptions>): readonly string[] {
  const { secrets, options } = leg.recipe;
  const mounted = secrets.flatMap(({ id, env, file }) => {
    const place = file === undefined ? ['env', env ?? id] : ['src', posix.resolve(leg.root, file)];
    return ['--secret', csvRecord(Object.fromEntries([['id', id], place]))];
  });
  return [...mounted, ...(options.ssh ? ['--ssh', 'default'] : [])];
}

/** Attestations are off by default: an image without them is one plain manifest, which joins into an index unchanged. */
function attestationOpts({ provenance, sbom }: BuildkitOptions): Readonly<Record<string, string>> {
  return {
    ...(provenance !== false && { 'attest:provenance': `mode=${provenance}` }),
    ...(sbom !== false && { 'attest:sbom': sbom === true ? '' : csvRecord({ generator: sbom }) }),
  };
}
