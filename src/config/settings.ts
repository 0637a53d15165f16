import type { BackendId } from '../domain/image.ts';
import type { LoginSettings } from '../domain/login.ts';
import type { Platform } from '../domain/platform.ts';
import type { ImageConfig } from './schema.ts';

export type Layout = 'tag' | 'repository';

type Options = Pick<ImageConfig, 'buildkit_config' | 'ko_config' | 'spin_config'>;

/** Any field of an image, with nothing in it that its author did not write. */
export type ImageDefaults = Omit<ImageConfig, keyof Options> & {
  [Section in keyof Options]?: Partial<NonNullable<Options[Section]>>;
};

/** What a run is told besides the images: input > variable > .hephy/project.yaml > default, resolved once. */
export interface Settings {
  /** `host/path`; undefined where nobody named one (`plan` in a clone). */
  readonly registry: string | undefined;
  readonly layout: Layout;
  /** Of the default tag, `{name}-{date}-{sha}`; in the repository layout `{date}-{sha}`. */
  readonly tagFormat: string;
  readonly ignore: readonly string[];
  readonly defaults: ImageDefaults;
  readonly runners: Readonly<Record<Platform, readonly string[]>>;
  /** `all`: one backend for every image; else by image name. */
  readonly backendOverride:
    { readonly all: BackendId } | { readonly byImage: Readonly<Record<string, BackendId>> };
  readonly jobs: number | undefined;
  readonly maxJobs: number;
  readonly fanOut: 'native' | 'single';
  /** GitLab: what kaniko builds is built in jobs of kaniko's own image. */
  readonly kanikoJobs: boolean;
  readonly rebuild: 'changed' | 'always';
  readonly rebuildDependents: boolean;
  readonly push: 'auto' | 'always' | 'never';
  readonly redact: boolean;
  readonly insecureRegistries: readonly string[];
  readonly registryMirrors: readonly string[];
  readonly login: LoginSettings;
  /** Undefined: the one that this version was tested with. */
  readonly kanikoImage: string | undefined;
  /** As `kanikoImage`. */
  readonly buildkitImage: string | undefined;
}

/** One image as configured, its defaults applied and its places resolved; `select/` and `plan/` read this. */
export interface ConfiguredImage {
  readonly name: string;
  /** From the repository's root; `.` for the root image. */
  readonly dir: string;
  readonly config: string;
  /**
   * Where a field stands, for errors found later: `positionOf('depends_on[0]')`. What is not there itself gets the
   * place of the nearest thing around it; undefined where the config does not mention the field at all.
   */
  positionOf(field: string): { readonly line: number; readonly column: number } | undefined;
  /** Defaults applied. Files of `secrets` are from this repository's root, whatever they were written from. */
  readonly values: ImageConfig;
  /** Context root, from the root of the repository that holds it (this one, or the upstream). */
  readonly context: string;
  /** Where its Dockerfile is or would be: one of `dockerfiles`. Of an upstream nobody has looked yet. */
  readonly dockerfile: string;
  /** Where it is looked for, the first place first. */
  readonly dockerfiles: readonly [string, ...string[]];
  /** `dockerfile_path`, `target` or `targets` stand in the config: it has chosen a Dockerfile build. */
  readonly namesDockerfile: boolean;
  /** The default where neither the config nor `ko_config` says otherwise is filled in once the backend is known. */
  readonly platforms: readonly Platform[] | undefined;
  /** `platforms`, `ko_config.platforms`; undefined where nobody says. */
  readonly platformsOrigin: string | undefined;
}
