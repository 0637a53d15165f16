import { backendOf } from '../backends/index.ts';
import { settlePool } from '../system/concurrency/pool.ts';
import { combineProblems } from '../system/concurrency/combine-problems.ts';
import type { LegTask } from './run-legs.ts';
import type { Toolbox } from './toolbox.ts';

/** Finds or installs all tools before the first leg starts. A leg that the registry already has needs no tool. */
export async function requireTools(tasks: readonly LegTask[], toolbox: Toolbox): Promise<void> {
  const building = tasks.filter(({ there }) => there === undefined);
  const tools = [...new Set(building.map(({ image }) => backendOf(image.backend).tool))];
  combineProblems(await settlePool(tools, tools.length, toolbox));
}
