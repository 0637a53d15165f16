import { delimiter, dirname } from 'node:path';
import type { Settings } from '../config/settings.ts';
import { HephyError } from '../errors.ts';
import { findBuilder } from '../system/services/buildkit-host.ts';
import { askEngine } from '../system/services/container-engine.ts';
import type { Env } from '../system/env.ts';
import { settlePool } from '../system/concurrency/pool.ts';
import { adviceFor } from '../system/tools/tool-pins.ts';
import { findTool, lookUpTool, type ToolSearch } from '../system/tools/tools.ts';
import { combineProblems } from '../system/concurrency/combine-problems.ts';

/** How to run a tool on this machine. */
export interface Equipment {
  readonly path: string;
  /** Come before the arguments of the backend. */
  readonly flags: readonly string[];
  readonly env: Env;
  /** Starts the work at once, or after the tool's current work if it can only do one thing at a time. */
  readonly begin: <T>(work: () => Promise<T>) => Promise<T>;
}

export interface ToolboxOptions extends ToolSearch {
  readonly settings: Pick<Settings, 'insecureRegistries' | 'registryMirrors' | 'buildkitImage'>;
}

export type Toolbox = (tool: string) => Promise<Equipment>;

/** Finds, and installs or starts, each tool once. */
export function openToolbox(place: ToolboxOptions): Toolbox {
  const known = new Map<string, Promise<Equipment>>();
  return (tool) => {
    const equipment = known.get(tool) ?? equip(tool, place);
    known.set(tool, equipment);
    return equipment;
  };
}

async function equip(tool: string, place: ToolboxOptions): Promise<Equipment> {
  return (EQUIP[tool] ?? equipPlain)(place, tool);
}

/** Tools that need more than a program on PATH. */
const EQUIP: Readonly<Record<string, (place: ToolboxOptions, tool: string) => Promise<Equipment>>> = {
  buildctl: equipBuildctl,
  ko: equipKo,
  docker: equipDocker,
};

async function equipPlain(place: ToolboxOptions, tool: string): Promise<Equipment> {
  const { path } = await findTool(tool, place);
  return { path, flags: [], env: place.env, begin: (work) => work() };
}

/** The docker client requires a container engine. */
async function equipDocker(place: ToolboxOptions, tool: string): Promise<Equipment> {
  await requireEngine(place);
  return equipPlain(place, tool);
}

/** ko compiles with Go, which it looks for on PATH. */
async function equipKo(place: ToolboxOptions): Promise<Equipment> {
  const hasOwnGo = Boolean(place.env['KO_GO_PATH']);
  const needed = hasOwnGo ? ['ko'] : ['ko', 'go'];
  combineProblems(await settlePool(needed, 1, (name) => findTool(name, place)));
  const { path } = await findTool('ko', place);
  const go = hasOwnGo ? undefined : await lookUpTool('go', place.env);
  const env = go?.source === 'cache' ? putOnPath(dirname(go.path), place.env) : place.env;
  return { path, flags: [], env, begin: (work) => work() };
}

async function requireEngine(place: ToolboxOptions): Promise<void> {
  await findTool('docker', place);
  const engine = await askEngine(place);
  if (!('problem' in engine)) return;
  throw new HephyError('BACKEND_MISSING', `kaniko runs in a container, and ${engine.problem}`, {
    hint: adviceFor('docker'),
  });
}

function putOnPath(directory: string, env: Env): Env {
  return { ...env, PATH: [directory, env['PATH']].filter(Boolean).join(delimiter) };
}

/** `buildctl-daemonless.sh` starts a builder for each build. All use the same directory for layers, so only one runs at a time. */
async function equipBuildctl(place: ToolboxOptions): Promise<Equipment> {
  const { insecureRegistries, registryMirrors, buildkitImage: image } = place.settings;
  const builder = await findBuilder({ ...place, settings: { image, insecureRegistries, registryMirrors } });
  if ('program' in builder) {
    return { path: builder.program, flags: [], env: place.env, begin: makeQueue() };
  }
  const { path } = await findTool('buildctl', place);
  const env = { ...place.env, BUILDKIT_HOST: builder.address };
  return { path, flags: builder.flags, env, begin: (work) => work() };
}

function makeQueue(): Equipment['begin'] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
}
