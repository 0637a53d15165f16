import { posix } from 'node:path';
import type { Leg } from '../../domain/image.ts';
import type { BuildResult, ExecOutcome, Invocation } from '../../domain/invocation.ts';
import { HephyError } from '../../errors.ts';
import { type Backend, DEFAULT_LINUX_PLATFORMS, LINUX_PLATFORMS } from '../backend.ts';
import type { SourceFiles, SourceRecipe } from '../identity.ts';
import { fit } from './fit.ts';
import { readConfig } from './ko-config.ts';
import { namedVariables, passedVariables } from './environment.ts';
import { excerptError, explainFailure } from './failures.ts';
import { moduleFiles, programPath, readTags, workingDirectory } from './go-module.ts';
import { listInfluences } from './influences.ts';
import { KO_FILES } from './ko-file.ts';
import { KoOptions } from './options.ts';
import { quoteCsv } from '../shared/csv.ts';
import { needsInsecureFlag } from './plain-http.ts';

/** Builds Go programs without a Dockerfile: https://ko.build */
export const ko: Backend<KoOptions> = {
  id: 'ko',
  tool: 'ko',
  options: KoOptions,
  platforms: LINUX_PLATFORMS,
  traits: {
    defaultPlatforms: DEFAULT_LINUX_PLATFORMS,
    dockerfile: null,
    crossCompiles: true,
    emulates: false,
    weight: 1,
    ownJob: false,
    pull: 'docker pull',
    followsLinks: true,
    secrets: 'none',
    githubCache: false,
    frontends: false,
    mirrors: 'never',
    usesBuilder: false,
    identity: [{ version: 'ko' }, 'go'],
    upstreamUnknown: 'a .ko.yaml of the upstream may set the base image',
  },
  fit,
  sourceFiles: listSources,
  inputs: listInputs,
  invocation: describe,
  influences: listInfluences,
  resultFiles: (leg) => [refsFile(leg)],
  readResult,
  explain: explainFailure,
  excerpt: excerptError,
};

function listSources(recipe: SourceRecipe<KoOptions>): SourceFiles {
  const { import_path: program = '.', flags } = recipe.options;
  return { kind: 'go', directory: workingDirectory(recipe), packages: [program], tags: readTags(flags) };
}

/** Includes go.mod and go.work files above the context: Go searches the parent directories for them. */
function listInputs(recipe: SourceRecipe<KoOptions>): readonly string[] {
  const directory = workingDirectory(recipe);
  return [...KO_FILES.map((name) => posix.join(directory, name)), ...moduleFiles(directory)];
}

function describe(leg: Leg<KoOptions>): Invocation {
  const { options } = leg.recipe;
  const directory = workingDirectory(leg.recipe);
  const { file, config } = readConfig(leg);
  const configPath = posix.join(leg.scratch, 'ko.json');
  const named = namedVariables(config);
  return {
    tool: ko.tool,
    args: ['build', ...flags(leg), '--', programPath(options.import_path, directory, leg.inputFiles)],
    cwd: posix.join(leg.root, directory),
    env: {
      ...pick(leg.buildArgs, named),
      KO_DOCKER_REPO: leg.repository,
      KO_CONFIG_PATH: configPath,
      SOURCE_DATE_EPOCH: String(leg.sourceDateEpoch),
      // ko would write the creation time in the time zone of the machine.
      TZ: 'UTC',
      // Files that ko and Go leave behind when they are stopped are removed with the scratch directory.
      TMPDIR: leg.scratch,
    },
    passEnv: [...passedVariables(options, file), ...named.filter((name) => !(name in leg.buildArgs))],
    files: [{ path: configPath, content: `${JSON.stringify(config, null, 2)}\n` }],
  };
}

function flags(leg: Leg<KoOptions>): readonly string[] {
  const { sbom } = leg.recipe.options;
  return [
    '--bare',
    `--platform=${leg.platform}`,
    `--tags=${leg.tag}`,
    `--image-refs=${refsFile(leg)}`,
    `--sbom=${sbom === false || sbom === 'none' ? 'none' : 'spdx'}`,
    ...pairs('--image-label', leg.labels),
    ...pairs('--image-annotation', leg.annotations),
    ...(needsInsecureFlag(leg) ? ['--insecure-registry'] : []),
  ];
}

/** ko reads each of these flags as one CSV record, and splits it at the first `=`. */
function pairs(flag: string, values: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => {
      if (key !== '' && !key.includes('=')) return `${flag}=${quoteCsv(`${key}=${value}`)}`;
      throw new HephyError('CONFIG_VALUE', `ko cannot set a label or annotation called "${key}"`, {
        hint: 'A key may not be empty and may not contain "=".',
      });
    });
}

function pick(values: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
}

function refsFile(leg: Leg<KoOptions>): string {
  return posix.join(leg.scratch, 'image-refs');
}

/** Reads the one line `repository:tag@digest`; ko omits the tag `latest`. */
function readResult(leg: Leg<KoOptions>, outcome: ExecOutcome): BuildResult | HephyError {
  const lines = (outcome.files[refsFile(leg)] ?? '').split('\n').filter((line) => line !== '');
  if (lines.length > 1) {
    return new HephyError(
      'BUILD_FAILED',
      `ko built ${lines.length} images for ${leg.platform} instead of one`,
      {
        hint: `The base image has several entries for ${leg.platform}: set ko_config.base_image to the digest of the one to use.`,
      },
    );
  }
  const [reference = '', digest = ''] = (lines[0] ?? '').split('@');
  const expected = [leg.repository, `${leg.repository}:${leg.tag}`];
  if (expected.includes(reference) && /^sha256:[0-9a-f]{64}$/.test(digest)) return { digest };
  const found = lines[0] === undefined ? 'nothing' : `"${lines[0]}"`;
  return new HephyError(
    'BUILD_FAILED',
    `ko succeeded but reported ${found} for ${leg.repository}:${leg.tag}`,
    {
      hint: 'hephy doctor shows which ko is used and which version is expected.',
    },
  );
}
