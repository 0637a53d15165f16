import { displayWidth, truncateWidth } from '../../system/terminal/width.ts';
import type { GraphNode } from '../graph-nodes.ts';
import { groupNeighbours, type Item, type Layers, layerGraph, mean, range } from './graph-layers.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedNode extends Point {
  readonly node: GraphNode;
  /** The name, cut if it is very long. */
  readonly label: string;
  readonly width: number;
  readonly height: number;
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  /** The points that each edge passes; the edge is horizontal at each point. */
  readonly edges: readonly (readonly Point[])[];
}

const NODE_HEIGHT = 30;
const BEND_HEIGHT = 8;
const ROW_GAP = 12;
const LAYER_GAP = 56;
/** Margin for the outlines. */
const MARGIN = 2;
/** The width of a character in the font of the labels. */
const CHAR_WIDTH = 7.3;
const LABEL_ROOM = 40;
const LONGEST_LABEL = 26;
const PASSES = 12;

/** A layered drawing, the same for the same graph. https://en.wikipedia.org/wiki/Layered_graph_drawing */
export function layoutGraph(nodes: readonly GraphNode[]): GraphLayout {
  const layered = layerGraph(nodes);
  const ys = placeRows(layered);
  const columns = placeColumns(layered.layers);
  const items = new Map(layered.layers.flat().map((item) => [item.id, item]));
  const placed = layered.layers.flatMap((layer, at) =>
    layer.flatMap((item) => (item.node === null ? [] : [placeNode(item.node, columns[at], ys.get(item.id))])),
  );
  const edges = layered.paths.map((path) =>
    path.flatMap((id, at) => {
      const column = columns[items.get(id)?.layer ?? 0] ?? { x: 0, width: 0 };
      const y = ys.get(id) ?? 0;
      const [left, right] = [
        { x: column.x, y },
        { x: column.x + column.width, y },
      ];
      if (at === 0) return [right];
      return at === path.length - 1 ? [left] : [left, right];
    }),
  );
  const last = columns.at(-1);
  const lowest = placed.reduce((most, { y, height }) => Math.max(most, y + height), 0);
  const deepest = [...ys.values()].reduce((most, y) => Math.max(most, y), lowest);
  return {
    width: (last?.x ?? 0) + (last?.width ?? 0) + MARGIN,
    height: deepest + MARGIN,
    nodes: placed,
    edges,
  };
}

interface Column {
  readonly x: number;
  readonly width: number;
}

function placeColumns(layers: readonly (readonly Item[])[]): readonly Column[] {
  let x = MARGIN;
  return layers.map((layer) => {
    const width = layer.reduce((most, { node }) => Math.max(most, node === null ? 0 : widthOf(node)), 0);
    const column = { x, width };
    x += width + LAYER_GAP;
    return column;
  });
}

function placeNode(node: GraphNode, column: Column | undefined, y = 0): PlacedNode {
  return {
    node,
    label: truncateWidth(node.name, LONGEST_LABEL),
    x: column?.x ?? 0,
    y: y - NODE_HEIGHT / 2,
    width: column?.width ?? widthOf(node),
    height: NODE_HEIGHT,
  };
}

function widthOf({ name }: GraphNode): number {
  return Math.round(Math.min(displayWidth(name), LONGEST_LABEL) * CHAR_WIDTH) + LABEL_ROOM;
}

/** The centre of each item: as near to its neighbours as the order and the gaps allow. */
function placeRows({ layers, links }: Layers): ReadonlyMap<string, number> {
  const ys = new Map<string, number>();
  for (const layer of layers) setRows(layer, ys, () => undefined);
  for (const pass of range(0, PASSES)) {
    const rightward = pass % 2 === 0;
    const neighbours = groupNeighbours(links, rightward);
    for (const layer of rightward ? layers : layers.toReversed())
      setRows(layer, ys, (id) => mean((neighbours.get(id) ?? []).map((one) => ys.get(one) ?? 0)));
  }
  const tops = layers.flat().map((item) => (ys.get(item.id) ?? 0) - heightOf(item) / 2);
  const top = tops.reduce((least, y) => Math.min(least, y), Infinity) - MARGIN;
  return new Map([...ys].map(([id, y]) => [id, y - top]));
}

/** Pushes overlapping items down, then moves all items up by the mean of these shifts. */
function setRows(
  layer: readonly Item[],
  ys: Map<string, number>,
  wish: (id: string) => number | undefined,
): void {
  const wished = layer.map(({ id }) => wish(id) ?? ys.get(id) ?? 0);
  const rows: number[] = [];
  for (const [at, item] of layer.entries()) {
    const above = layer[at - 1];
    const least = above === undefined ? -Infinity : (rows[at - 1] ?? 0) + spaceBetween(above, item);
    rows.push(Math.max(wished[at] ?? 0, least));
  }
  const pushed = mean(rows.map((y, at) => y - (wished[at] ?? 0))) ?? 0;
  for (const [at, { id }] of layer.entries()) ys.set(id, (rows[at] ?? 0) - pushed);
}

function spaceBetween(above: Item, below: Item): number {
  return (heightOf(above) + heightOf(below)) / 2 + ROW_GAP;
}

function heightOf({ node }: Item): number {
  return node === null ? BEND_HEIGHT : NODE_HEIGHT;
}
