import type { GraphNode } from '../graph-nodes.ts';

/** A node of a layered drawing, or a bend of an edge that passes a layer. */
export interface Item {
  /** Unique among nodes and bends; only nodes have `node`. */
  readonly id: string;
  readonly node: GraphNode | null;
  readonly layer: number;
}

/** From one layer to the next. */
export interface Link {
  readonly from: string;
  readonly to: string;
}

export interface Layers {
  /** From left to right, each from top to bottom. */
  readonly layers: readonly (readonly Item[])[];
  readonly links: readonly Link[];
  /** Each edge as the items it goes through, ends included. */
  readonly paths: readonly (readonly string[])[];
}

/** Places dependencies to the left of the images that need them, and sorts each layer so that few edges cross. */
export function layerGraph(nodes: readonly GraphNode[]): Layers {
  const layerOf = assignLayers(nodes);
  const items: Item[] = nodes.map((node) => ({ id: node.name, node, layer: layerOf.get(node.name) ?? 0 }));
  const paths = nodes.flatMap((node) =>
    node.dependsOn.map((need) => {
      const [first, last] = [layerOf.get(need) ?? 0, layerOf.get(node.name) ?? 0];
      const bends = range(first + 1, last).map((layer): Item => {
        return { id: `${layer}\0${need}\0${node.name}`, node: null, layer };
      });
      items.push(...bends);
      return [need, ...bends.map(({ id }) => id), node.name];
    }),
  );
  const links = paths.flatMap((path) => path.slice(1).map((to, at) => ({ from: path[at] ?? to, to })));
  const depth = items.reduce((most, { layer }) => Math.max(most, layer + 1), 0);
  const layers = range(0, depth).map((layer) => items.filter((item) => item.layer === layer));
  return { layers: untangle(layers, links), links, paths };
}

/** The longest path from a node without dependencies. Such a node then moves next to the first node that needs it. */
function assignLayers(nodes: readonly GraphNode[]): ReadonlyMap<string, number> {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const layers = new Map<string, number>();
  function depthOf(name: string): number {
    const known = layers.get(name);
    if (known !== undefined) return known;
    layers.set(name, 0);
    const needs = byName.get(name)?.dependsOn ?? [];
    const depth = needs.reduce((most, need) => Math.max(most, depthOf(need) + 1), 0);
    layers.set(name, depth);
    return depth;
  }
  for (const { name } of nodes) depthOf(name);
  for (const { name, dependsOn } of nodes) {
    const users = nodes.filter((node) => node.dependsOn.includes(name));
    if (dependsOn.length > 0 || users.length === 0) continue;
    layers.set(name, users.reduce((least, user) => Math.min(least, depthOf(user.name)), Infinity) - 1);
  }
  return layers;
}

const SWEEPS = 8;

/** Sorts each layer repeatedly by the mean position of its neighbours, alternately from the left and from the right. */
function untangle(
  layers: readonly (readonly Item[])[],
  links: readonly Link[],
): readonly (readonly Item[])[] {
  let sorted = layers;
  for (const sweep of range(0, SWEEPS)) {
    const rightward = sweep % 2 === 0;
    const neighbours = groupNeighbours(links, rightward);
    const places = new Map<string, number>();
    const next: (readonly Item[])[] = [];
    for (const layer of rightward ? sorted : sorted.toReversed()) {
      const ordered = sortByMiddle(layer, (id) =>
        (neighbours.get(id) ?? []).map((one) => places.get(one) ?? 0),
      );
      for (const [at, { id }] of ordered.entries()) places.set(id, at);
      next.push(ordered);
    }
    sorted = rightward ? next : next.reverse();
  }
  return sorted;
}

/** The neighbours in the layer that was sorted before. */
export function groupNeighbours(links: readonly Link[], rightward: boolean): ReadonlyMap<string, string[]> {
  const neighbours = new Map<string, string[]>();
  for (const { from, to } of links) {
    const [item, neighbour] = rightward ? [to, from] : [from, to];
    const known = neighbours.get(item);
    if (known) known.push(neighbour);
    else neighbours.set(item, [neighbour]);
  }
  return neighbours;
}

/** An item without neighbours keeps its position. */
function sortByMiddle(layer: readonly Item[], placesOf: (id: string) => readonly number[]): readonly Item[] {
  const keyed = layer.map((item, at) => ({ item, key: mean(placesOf(item.id)) ?? at }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

export function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);
}
