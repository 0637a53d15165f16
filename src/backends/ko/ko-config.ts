import type { Leg } from '../../domain/image.ts';
import { expandVariables } from '../../domain/expand.ts';
import { HephyError } from '../../errors.ts';
import { workingDirectory } from './go-module.ts';
import { type KoEntry, type KoFile, readKoFile } from './ko-file.ts';
import type { KoOptions } from './options.ts';

/** https://ko.build/configuration/ */
const DEFAULT_BASE_IMAGE = 'cgr.dev/chainguard/static:latest';

/** Go writes the state of the checkout (tags, untracked files) into the binary, so two clones would give two digests. */
const REPRODUCIBLE = '-buildvcs=false';

/** The leg decides the platform. ko would let these variables override it, and label an amd64 program as arm64. */
const PLATFORM_VARIABLES = /^(GOOS|GOARCH|GOARM)=/;

export interface KoConfig extends KoFile {
  readonly defaultBaseImage: string;
}

export interface ReadConfig {
  /** The `.ko.yaml` of the project. */
  readonly file: KoFile;
  /** The file that ko gets: the project's file, overridden by `ko_config`. */
  readonly config: KoConfig;
}

export function readConfig(leg: Leg<KoOptions>): ReadConfig {
  const file = readKoFile(leg.inputFiles, workingDirectory(leg.recipe));
  const config = mergeConfig(leg, file, expandBaseImage(leg.recipe.options.base_image, leg.buildArgs));
  return { file, config };
}

/**
 * The project's own file, overridden by `ko_config`. One run of ko builds one program, so the options of `ko_config` go
 * into every entry of `builds` and into the defaults: ko finds them whichever entry it selects.
 */
function mergeConfig(leg: Leg<KoOptions>, file: KoFile, baseImage: string | undefined): KoConfig {
  const { defaultBaseImage, baseImageOverrides, builds, ...rest } = file;
  const defaults = {
    env: file.defaultEnv,
    flags: file.defaultFlags,
    ldflags: file.defaultLdflags,
  };
  const ours = mergeEntry(defaults, leg.recipe.options);
  return {
    ...rest,
    defaultBaseImage: baseImage ?? defaultBaseImage ?? DEFAULT_BASE_IMAGE,
    ...(baseImage === undefined && baseImageOverrides ? { baseImageOverrides } : {}),
    defaultEnv: ours.env,
    defaultFlags: ours.flags,
    defaultLdflags: ours.ldflags,
    ...(builds ? { builds: builds.map((entry) => ({ ...entry, ...fillEntry(entry, defaults, leg) })) } : {}),
  };
}

/** As in ko, a default is only used for a field that an entry does not set. */
function fillEntry(entry: KoEntry, defaults: KoEntry, leg: Leg<KoOptions>): KoEntry {
  return mergeEntry(
    {
      env: entry.env.length > 0 ? entry.env : defaults.env,
      flags: entry.flags.length > 0 ? entry.flags : defaults.flags,
      ldflags: entry.ldflags.length > 0 ? entry.ldflags : defaults.ldflags,
    },
    leg.recipe.options,
  );
}

/** In Go the last flag wins: the project's file overrides our defaults, and `ko_config` overrides the file. */
function mergeEntry(theirs: KoEntry, options: KoOptions): KoEntry {
  return {
    env: [...theirs.env, ...options.env].filter((entry) => !PLATFORM_VARIABLES.test(entry)),
    flags: [REPRODUCIBLE, ...theirs.flags, ...options.flags],
    ldflags: [...theirs.ldflags, ...options.ldflags],
  };
}

/** Replaces variables such as `${HEPHY_REGISTRY}:${API_TAG}`; undefined if the config sets no base image. */
function expandBaseImage(
  text: string | undefined,
  values: Readonly<Record<string, string>>,
): string | undefined {
  if (text === undefined) return undefined;
  const expanded = expandVariables(text, values);
  const [missing] = expanded.missing;
  if (missing === undefined) return expanded.text;
  throw new HephyError('CONFIG_VARIABLE', `ko_config.base_image uses \${${missing}}, which is not set`, {
    hint: `Available variables: ${Object.keys(values).sort().join(', ') || 'none'}. Define others in build_args.`,
  });
}
