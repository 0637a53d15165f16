import type { BrokenLink } from './broken-link.ts';
import type { BackendId } from './image.ts';
import type { Platform } from './platform.ts';

/** What the choice of a backend looks at in an image's context, gathered from the file tree. */
export interface ContextFacts {
  readonly hasGoMod: boolean;
  /** A go.mod lies in a directory above the context: enough for an explicit `build_backend: ko`. */
  readonly inGoModule?: boolean;
  /** Directories below `cmd/` that hold a Go file, sorted: `server`, `worker`. `.` is `cmd` itself. */
  readonly commands: readonly string[];
  readonly hasCmd: boolean;
  readonly hasSpinToml: boolean;
  /** Its text; undefined where the file does not exist, or is in an upstream repository. */
  readonly dockerfile: string | undefined;
  /** Where there is none: the file that its author probably means. */
  findSimilarDockerfile?(): string | undefined;
  /** Where there is none: the symbolic link that leads to no file. */
  readonly brokenDockerfile?: BrokenLink | undefined;
}

export interface Choice {
  readonly backend: BackendId;
  /** `go.mod and cmd/`, `Dockerfile`, `web/Dockerfile:4 RUN --mount=type=cache`. */
  readonly reason: string;
  /** Validated options of the backend, its defaults applied. */
  readonly options: unknown;
  readonly suggestions: readonly string[];
  /** What the image will lack, though its author asked for it. */
  readonly warnings?: readonly string[];
  /** What it is built for: as configured, else the backend's default. */
  readonly platforms: readonly Platform[];
}

export interface FoundDependency {
  /** The image that is depended on. */
  readonly on: string;
  /** `curl/Dockerfile:1`, `web/build-config.yaml:7:5`. */
  readonly origin: string;
  /** The published name that is used: `kaniko-debug`, where `on` is `kaniko`. */
  readonly output: string;
  /**
   * base: what it is built FROM, so it must exist for the same platform. content: read during the build.
   * order: only `depends_on` says so, and no tag of it is needed.
   */
  readonly use: 'base' | 'content' | 'order';
  /** Present where it is named with a tag that stays as it is, whatever this run makes. */
  readonly fixed?: FixedTag;
}

/** What a Dockerfile build fetches from elsewhere: references of images, and downloads. */
export interface Pulls {
  readonly all: readonly string[];
  /** What only some platforms fetch, by platform. */
  readonly byPlatform: Readonly<Record<string, readonly string[]>>;
}

export interface FixedTag {
  readonly at: string;
  /** `${REGISTRY}:curl-latest` */
  readonly reference: string;
  readonly tag: string;
  /** What names the image of the same run: `${REGISTRY}:${CURL_TAG}`. */
  readonly instead: string;
}
