import type { BackendId } from '../domain/image.ts';
import type { LoginSettings } from '../domain/login.ts';
import type { Platform } from '../domain/platform.ts';
import type { ImageConfig } from './schema.ts';

export type Layout = 'tag' | 'repository';

type Options = Pick<ImageConfig, 'buildkit_config' | 'ko_config' | 'spin_config'>;

/** Fields of an image as written, without the defaults of the schemas. */
export type ImageDefaults = Omit<ImageConfig, keyof Options> & {
  [Section in keyof Options]?: Partial<NonNullable<Options[Section]>>;
};

/** The settings of a run, resolved once: input > variable > .hephy/project.yaml > default. */
export interface Settings {
  /** `host/path`; undefined if it is not set (`hephy plan` in a clone). */
  readonly registry: string | undefined;
  readonly layout: Layout;
  /** The format of the default tag: `{name}-{date}-{sha}`, in the repository layout `{date}-{sha}`. */
  readonly tagFormat: string;
  readonly ignore: readonly string[];
  readonly defaults: ImageDefaults;
  readonly runners: Readonly<Record<Platform, readonly string[]>>;
  /** `all`: one backend for every image; `byImage`: by image name. */
  readonly backendOverride:
    { readonly all: BackendId } | { readonly byImage: Readonly<Record<string, BackendId>> };
  readonly jobs: number | undefined;
  readonly maxJobs: number;
  readonly fanOut: 'native' | 'single';
  /** On GitLab, kaniko builds run in jobs that use the kaniko image. */
  readonly kanikoJobs: boolean;
  readonly rebuild: 'changed' | 'always';
  readonly rebuildDependents: boolean;
  readonly push: 'auto' | 'always' | 'never';
  readonly redact: boolean;
  readonly insecureRegistries: readonly string[];
  readonly registryMirrors: readonly string[];
  readonly login: LoginSettings;
  /** Undefined: the version that this release was tested with. */
  readonly kanikoImage: string | undefined;
  /** As `kanikoImage`. */
  readonly buildkitImage: string | undefined;
}

/** The config of one image, with defaults applied and paths resolved. `select/` and `plan/` read it. */
export interface ConfiguredImage {
  readonly name: string;
  /** From the repository's root; `.` for the root image. */
  readonly dir: string;
  readonly config: string;
  /**
   * The position of a field, for errors that are found later: `positionOf('depends_on[0]')`. If the field is not in the
   * file, the position of its nearest parent; undefined if there is none.
   */
  positionOf(field: string): { readonly line: number; readonly column: number } | undefined;
  /** Defaults applied. Files of `secrets` are relative to the root of this repository. */
  readonly values: ImageConfig;
  /** The build context, relative to the root of its repository (this one, or the upstream). */
  readonly context: string;
  /** The path of its Dockerfile: one of `dockerfiles`. It may not exist; for an upstream it is not checked yet. */
  readonly dockerfile: string;
  /** The paths where the Dockerfile is searched, in this order. */
  readonly dockerfiles: readonly [string, ...string[]];
  /** The config sets `dockerfile_path`, `target` or `targets`: it asks for a Dockerfile build. */
  readonly namesDockerfile: boolean;
  /** Undefined if not set: the default is filled in once the backend is known. */
  readonly platforms: readonly Platform[] | undefined;
  /** The field that sets them, `platforms` or `ko_config.platforms`; undefined if not set. */
  readonly platformsOrigin: string | undefined;
}
