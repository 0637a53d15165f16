import { backendOf } from '../backends/index.ts';
import { settlePool } from '../system/concurrency/pool.ts';
import { combineProblems } from '../system/concurrency/combine-problems.ts';
import type { LegTask } from './run-legs.ts';
import type { Toolbox } from './toolbox.ts';

/** All that legs are built with is here before the first of them starts. A leg that is there already needs nothing. */
export async function requireTools(tasks: readonly LegTask[], toolbox: Toolbox): Promise<void> {
  const building = tasks.filter(({ there }) => there === undefined);
  const tools = [...new Set(building.map(({ image }) => backendOf(image.backend).tool))];
  combineProblems(await settlePool(tools, tools.length, toolbox));
}
