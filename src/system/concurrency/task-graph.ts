import { HephyError } from '../../errors.ts';

/** One piece of work. `weight` is its expected cost in any unit, the same for all. */
export interface Task {
  readonly id: string;
  readonly needs: readonly string[];
  readonly weight: number;
}

export interface Node<T extends Task> {
  readonly task: T;
  /** Position in the given list. Decides between tasks of equal priority, so that runs are reproducible. */
  readonly order: number;
  readonly dependents: Node<T>[];
  /** The number of unfinished dependencies. */
  waiting: number;
  /** Its own weight plus the heaviest path of its dependents. */
  priority: number;
}

/** Links the tasks and ranks them by their longest remaining path. The plan is validated already, so a fault is an internal error. */
export function linkTasks<T extends Task>(tasks: readonly T[]): Node<T>[] {
  const nodes = new Map<string, Node<T>>();
  for (const [order, task] of tasks.entries()) {
    if (nodes.has(task.id)) throw new HephyError('INTERNAL', `two tasks have the id ${task.id}`);
    nodes.set(task.id, { task, order, dependents: [], waiting: 0, priority: 0 });
  }
  for (const node of nodes.values()) linkNeeds(node, nodes);
  rankNodes(sortNodes([...nodes.values()]));
  return [...nodes.values()];
}

function linkNeeds<T extends Task>(node: Node<T>, nodes: ReadonlyMap<string, Node<T>>): void {
  for (const id of new Set(node.task.needs)) {
    const need = nodes.get(id);
    if (!need) throw new HephyError('INTERNAL', `task ${node.task.id} needs ${id}, which does not exist`);
    need.dependents.push(node);
    node.waiting += 1;
  }
}

/** Kahn's algorithm: tasks that cannot be sorted are part of a cycle. */
function sortNodes<T extends Task>(nodes: readonly Node<T>[]): Node<T>[] {
  const missing = new Map(nodes.map((node) => [node, node.waiting]));
  const sorted = nodes.filter((node) => node.waiting === 0);
  for (const node of sorted) {
    for (const dependent of node.dependents) {
      const left = (missing.get(dependent) ?? 0) - 1;
      missing.set(dependent, left);
      if (left === 0) sorted.push(dependent);
    }
  }
  if (sorted.length === nodes.length) return sorted;
  const stuck = nodes.filter((node) => (missing.get(node) ?? 0) > 0).map((node) => node.task.id);
  throw new HephyError('INTERNAL', `tasks depend on each other in a cycle: ${stuck.slice(0, 10).join(', ')}`);
}

function rankNodes<T extends Task>(sorted: readonly Node<T>[]): void {
  for (const node of sorted.toReversed()) {
    const own = Math.max(0, node.task.weight) || 0;
    node.priority = node.dependents.reduce((most, next) => Math.max(most, next.priority), 0) + own;
  }
}
