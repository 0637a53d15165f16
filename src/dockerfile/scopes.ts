import type { Instruction } from './instruction.ts';
import { givenValue, keepable } from './situation.ts';
import { expandIn, type Resolved, type ResolvedStage } from './stages.ts';
import { UNKNOWN, type Value } from './shell-cursor.ts';
import { cutAtEquals } from './words.ts';

/** Undefined where BuildKit would refuse the word. */
export type Expand = (word: string) => string | undefined;

/** An instruction with what its variables stand for where it is. */
export interface Placed {
  readonly instruction: Instruction;
  readonly stage: number;
  readonly expand: Expand;
  /** With nothing for a variable whose value only the build will tell. */
  readonly expandKnown: Expand;
}

/** BuildKit keeps these two to itself. */
const NOT_IN_SCOPE = new Set(['BUILDKIT_SBOM_SCAN_CONTEXT', 'BUILDKIT_SBOM_SCAN_STAGE']);

/**
 * Goes through the instructions of all stages with the variables that ARG and ENV have set so far. A stage inherits those
 * of the stage that it is built on, so the stages are visited as a tree, with one table of variables that is taken back on
 * the way up: a table for each stage would make thousands of stages slow.
 */
export function visitInstructions(resolved: Resolved, visit: (placed: Placed) => void): void {
  const walk: Walk = { resolved, visit, scope: new Map(), undo: [] };
  const children = indexChildren(resolved.stages);
  const steps: (ResolvedStage | number)[] = [...(children.get(undefined) ?? [])];
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    if (typeof step === 'number') {
      takeBack(walk, step);
    } else {
      steps.push(walk.undo.length);
      for (const child of children.get(step.index) ?? []) steps.push(child);
      runStage(walk, step);
    }
  }
}

function indexChildren(
  stages: readonly ResolvedStage[],
): ReadonlyMap<number | undefined, readonly ResolvedStage[]> {
  const children = new Map<number | undefined, ResolvedStage[]>();
  for (const stage of stages) {
    const siblings = children.get(stage.parent);
    if (siblings === undefined) children.set(stage.parent, [stage]);
    else siblings.push(stage);
  }
  return children;
}

interface Walk {
  readonly resolved: Resolved;
  readonly visit: (placed: Placed) => void;
  readonly scope: Map<string, Value>;
  readonly undo: [name: string, before: Value][];
}

function takeBack({ scope, undo }: Walk, length: number): void {
  while (undo.length > length) {
    const [name, before] = undo.pop() ?? ['', undefined];
    if (before === undefined) scope.delete(name);
    else scope.set(name, before);
  }
}

function runStage(walk: Walk, { stage, index }: ResolvedStage): void {
  const { resolved, scope } = walk;
  // What no instruction has set may be set by the base image.
  const lookup = (name: string): Value => (scope.has(name) ? scope.get(name) : UNKNOWN);
  const lookupKnown = (name: string): Value => {
    const value = scope.get(name);
    return value === UNKNOWN ? '' : value;
  };
  const expand: Expand = (word) => expandIn(resolved, lookup, word);
  const expandKnown: Expand = (word) => expandIn(resolved, lookupKnown, word);
  for (const instruction of stage.instructions) {
    const { keyword, args } = instruction;
    if (keyword === 'ARG') for (const word of args) declare(walk, word, expand);
    else if (keyword === 'ENV') setAll(walk, args, expand);
    else walk.visit({ instruction, stage: index, expand, expandKnown });
  }
}

/** The value from outside, else the default, else that of the same name before the first FROM. */
function declare(walk: Walk, word: string, expand: Expand): void {
  const { name, value } = cutAtEquals(word);
  if (NOT_IN_SCOPE.has(name)) return;
  const given = givenValue(walk.resolved.situation, name);
  const known = given ?? (value === undefined ? walk.resolved.globals.get(name) : keepable(expand(value)));
  if (known !== undefined) set(walk, name, known);
}

/** All names and values of an ENV are expanded with what was set before it. */
function setAll(walk: Walk, pairs: readonly string[], expand: Expand): void {
  const expanded = pairs.map((word) => expand(word));
  for (let at = 0; at < expanded.length; at += 2) set(walk, expanded[at] ?? '', keepable(expanded[at + 1]));
}

function set({ scope, undo }: Walk, name: string, value: Value): void {
  undo.push([name, scope.get(name)]);
  scope.set(name, value);
}
