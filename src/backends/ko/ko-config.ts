import type { Leg } from '../../domain/image.ts';
import { expandVariables } from '../../domain/expand.ts';
import { HephyError } from '../../errors.ts';
import { workingDirectory } from './go-module.ts';
import { type KoEntry, type KoFile, readKoFile } from './ko-file.ts';
import type { KoOptions } from './options.ts';

/** https://ko.build/configuration/ */
const DEFAULT_BASE_IMAGE = 'cgr.dev/chainguard/static:latest';

/** Go writes the state of the checkout into the binary, tags and untracked files included: no two clones give one digest. */
const REPRODUCIBLE = '-buildvcs=false';

/** The platform is the leg's: ko would let these overrule it, and label an amd64 program as arm64. */
const PLATFORM_VARIABLES = /^(GOOS|GOARCH|GOARM)=/;

export interface KoConfig extends KoFile {
  readonly defaultBaseImage: string;
}

export interface ReadConfig {
  /** The project's own. */
  readonly file: KoFile;
  /** With `ko_config` laid over it: what ko gets. */
  readonly config: KoConfig;
}

export function readConfig(leg: Leg<KoOptions>): ReadConfig {
  const file = readKoFile(leg.inputFiles, workingDirectory(leg.recipe));
  const config = mergeConfig(leg, file, expandBaseImage(leg.recipe.options.base_image, leg.buildArgs));
  return { file, config };
}

/**
 * The project's own file with `ko_config` laid over it. One program is built per run, so what is ours goes to every
 * entry and to the defaults: whichever ko takes for the program carries it.
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

/** As in ko, a default stands in only where an entry has nothing of its own. */
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

/** The later one wins in Go: ours may be undone by the project's file, and that by `ko_config`. */
function mergeEntry(theirs: KoEntry, options: KoOptions): KoEntry {
  return {
    env: [...theirs.env, ...options.env].filter((entry) => !PLATFORM_VARIABLES.test(entry)),
    flags: [REPRODUCIBLE, ...theirs.flags, ...options.flags],
    ldflags: [...theirs.ldflags, ...options.ldflags],
  };
}

/** Fills `${HEPHY_REGISTRY}:${API_TAG}` from what the run knows; undefined where the config names no base. */
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
