import { arch } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { cacheDir } from '../files/cache-dir.ts';
import type { Env } from '../env.ts';
import pins from './tools.json' with { type: 'json' };

export interface Pin {
  readonly version: string;
  /** The Go package of the program; absent if Go cannot build it. */
  readonly go?: string;
  /** Default `install`: `go install`. `module`: for programs whose own go.mod forbids that, a module that needs them. */
  readonly way?: string;
  /** The Go variable for the program's version, if `go build` would leave it empty. */
  readonly stamp?: string;
  /** How long Go takes to build it on two cores. */
  readonly seconds?: number;
  readonly release?: Release;
}

export interface PinnedTool {
  readonly name: string;
  readonly pin: Pin;
}

/** A release as an archive for each platform. */
export interface Release {
  /** Absent: https://github.com. */
  readonly host?: string;
  /** The path on the host, with the placeholders `{version}` and `{asset}`. */
  readonly path: string;
  /** The path of the program in the archive. */
  readonly member: string;
  /** Whether the program needs the other files of the archive. */
  readonly whole?: boolean;
  /** By platform, `linux-amd64`: the name of the file in the release, and its required checksum. */
  readonly assets: Readonly<Record<string, { readonly name: string; readonly sha256: string } | undefined>>;
}

/** tools.json has all pinned versions: script/ and update bots read it too. */
const PINS: Readonly<Record<string, Pin>> = pins;

export function pinOf(name: string): Pin | undefined {
  return Object.hasOwn(PINS, name) ? PINS[name] : undefined;
}

/** GitHub's tool cache, if there is one: other actions use it, and persistent runners keep it. */
export function toolCache(env: Env): string {
  const own = env['RUNNER_TOOL_CACHE'];
  return own !== undefined && isAbsolute(own) ? own : join(cacheDir(env), 'tools');
}

/** The directory of a tool version, in the layout of @actions/tool-cache; script/ and bench/ use the same. */
export function toolHome(name: string, pin: Pin, env: Env): string {
  return join(toolCache(env), name, pin.version, arch());
}

/** An empty file beside the directory, written last: without it the installation is incomplete. */
export function toolMarker(name: string, pin: Pin, env: Env): string {
  return `${toolHome(name, pin, env)}.complete`;
}

export function toolPath(name: string, pin: Pin, env: Env): string {
  return join(toolHome(name, pin, env), programInTree(pin) ?? name);
}

/** The path of the program in a tool that needs its whole tree. The first directory of the archive is the root, as with setup-go. */
export function programInTree({ release }: Pin): string | undefined {
  return release?.whole ? release.member.split('/').slice(1).join('/') : undefined;
}

const ADVICE: Readonly<Record<string, string>> = {
  git: 'Install git: https://git-scm.com/downloads.',
  go: 'Install Go: https://go.dev/dl/.',
  docker:
    'Install a container engine (https://docs.docker.com/engine/install/); or set build_backend: buildkit and BUILDKIT_HOST to a remote builder; or use GitLab, whose kaniko job needs no engine.',
  spin: 'Install Spin: https://spinframework.dev/install.',
};

const ALLOWED = 'HEPHY_TOOL_MIRROR must not be off';

/** How to install a missing tool. */
export function adviceFor(name: string): string {
  const pin = pinOf(name);
  if (!pin) return ADVICE[name] ?? `Install ${name} and put it on PATH.`;
  if (pin.go === undefined) return `${ADVICE[name] ?? ''} Or let hephy download it: ${ALLOWED}.`.trim();
  const download = pin.release ? `let hephy download it (${ALLOWED}), or ` : '';
  return `Put ${name} ${pin.version} on PATH, or ${download}install Go (https://go.dev/dl/): hephy then builds ${name} once.`;
}
