import type { Platform } from './platform.ts';

/** The name of a folder in `backends/`. The map in `backends/index.ts` knows them all. */
export type BackendId = string;

/** How a tool reads a Dockerfile: as BuildKit, whose rules are the reference, or as kaniko, which leaves some out. */
export type DockerfileDialect = 'buildkit' | 'kaniko';

export function hasGaps(dialect: DockerfileDialect | null): boolean {
  return dialect === 'kaniko';
}

/** Where the bytes come from. Paths are from the root of the repository they are in; `.` is the root itself. */
export type Source =
  | { readonly kind: 'local'; readonly context: string; readonly dockerfile: string | null }
  | {
      readonly kind: 'upstream';
      readonly repo: string;
      readonly ref: string;
      /** Null only in a plan made for reading, where the upstream could not be asked. */
      readonly commit: string | null;
      readonly submodules?: boolean | undefined;
      /** The files themselves, where the repository holds Git LFS's pointers to them. */
      readonly lfs?: boolean | undefined;
      readonly context: string;
      readonly dockerfile: string | null;
    };

/** A build secret by name: its value is read where the build runs, and goes nowhere else. */
export interface SecretRef {
  readonly id: string;
  readonly env?: string;
  readonly file?: string;
}

export interface CacheOptions {
  readonly enabled: boolean;
  readonly mode: 'min' | 'max';
  readonly ref: string | null;
}

/** Where layers are kept between builds. Who may not publish an image may not write these either. */
export interface LayerCache {
  /** `host/path`, where the config names no other. */
  readonly repository: string;
  readonly insecure: boolean;
  readonly writable: boolean;
}

/** How an image is built, as its config says it after defaults: everything a backend may need, nothing resolved on a machine. */
export interface Recipe<Options = unknown> {
  readonly backend: BackendId;
  readonly options: Options;
  readonly source: Source;
  /** `KEY` → value with `${VAR}` still in it: the plan must not hold what the environment may hide. */
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretRef[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly cache: CacheOptions;
}

/** What a build inside a container must be given of the machine, since it sees nothing else of it. */
export interface ContainerAccess {
  /** Instead of the backend's own image; null: that one. */
  readonly image: string | null;
  /** A Docker config file with nothing but logins in it; null: nobody is logged in. */
  readonly loginFile: string | null;
  /** Certificates, as PEM files, that the machine trusts beside the usual ones. */
  readonly caFiles: readonly string[];
  /** Registries, by host and path, to pull from instead of Docker Hub. */
  readonly mirrors: readonly string[];
  /** More registries, beside the one that is pushed to, that may be spoken to without TLS. */
  readonly insecureRegistries: readonly string[];
}

/** One image target for one platform with everything resolved: what a backend turns into a command line. */
export interface Leg<Options = unknown> {
  readonly id: string;
  readonly platform: Platform;
  readonly target: string | null;
  readonly recipe: Recipe<Options>;
  /** Absolute path of the checkout that holds the context. */
  readonly root: string;
  /** Absolute path of a directory that this leg alone may write to; gone after the run. */
  readonly scratch: string;
  /** Where to push: `host/repository`, without a tag. */
  readonly repository: string;
  readonly tag: string;
  /** Expanded, the dependencies' `{NAME}_TAG` and `HEPHY_REGISTRY`/`ECR_REGISTRY` included. */
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Commit time of the source in seconds, for reproducible builds. */
  readonly sourceDateEpoch: number;
  /** Contents of the files that the backend's `inputs` named and that exist. */
  readonly inputFiles: Readonly<Record<string, string>>;
  /** The registry speaks plain HTTP: loopback, or allowed by name. */
  readonly insecure: boolean;
  /** For backends that run inside a container, where it runs on this machine. */
  readonly container?: ContainerAccess;
  /** Absent: where the image is pushed to. */
  readonly layers?: LayerCache;
  /** A rebuild: no layer of an earlier run is read, and those of this one are kept for the runs that follow. */
  readonly fresh?: boolean;
}

export function layersOf({ layers, repository, insecure }: Leg): LayerCache {
  return layers ?? { repository, insecure, writable: true };
}
