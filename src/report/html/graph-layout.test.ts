import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { GraphNode } from '../graph-nodes.ts';
import { type GraphLayout, layoutGraph } from './graph-layout.ts';

function graph(needs: Readonly<Record<string, readonly string[]>>): readonly GraphNode[] {
  return Object.entries(needs).map(([name, dependsOn]) => ({ name, dependsOn, state: null }));
}

function placesOf({ nodes }: GraphLayout): Readonly<Record<string, { x: number; y: number }>> {
  return Object.fromEntries(nodes.map(({ node, x, y }) => [node.name, { x, y }]));
}

describe('a layered drawing', () => {
  test('a chain is a straight line from left to right', () => {
    const { nodes, edges } = layoutGraph(graph({ c: ['b'], b: ['a'], a: [] }));
    expect(nodes.map(({ node }) => node.name)).toEqual(['a', 'b', 'c']);
    expect(new Set(nodes.map(({ y }) => y)).size).toBe(1);
    expect(new Set(edges.flat().map(({ y }) => y)).size).toBe(1);
  });

  test('what needs nothing stands right before the first that needs it', () => {
    const places = placesOf(layoutGraph(graph({ a: [], b: ['a'], late: [], c: ['b', 'late'] })));
    expect(places['late']?.x).toBe(places['b']?.x);
  });

  test('edges are uncrossed where the order of layers can do it', () => {
    const places = placesOf(layoutGraph(graph({ a: [], b: [], x: ['b'], y: ['a'] })));
    const sameSide =
      (places['a']?.y ?? 0) < (places['b']?.y ?? 0) === (places['y']?.y ?? 0) < (places['x']?.y ?? 0);
    expect(sameSide).toBe(true);
  });

  test('an edge over a layer bends around what stands there', () => {
    const { nodes, edges } = layoutGraph(graph({ a: [], b: ['a'], c: ['a', 'b'] }));
    const boxes = nodes.filter(({ node }) => node.name === 'b');
    const bends = edges.filter(({ length }) => length === 4).flatMap((points) => points.slice(1, 3));
    expect([boxes.length, bends.length]).toEqual([1, 2]);
    for (const { x, y, width, height } of boxes) {
      expect(bends.map((bend) => bend.x)).toEqual([x, x + width]);
      expect(bends.every((bend) => bend.y < y || bend.y > y + height)).toBe(true);
    }
  });

  test('a circle, which no plan has, is drawn all the same', () => {
    expect(layoutGraph(graph({ a: ['b'], b: ['a'] })).nodes.length).toBe(2);
  });
});

/** Each needs some of those before it. */
const graphs = fc.array(fc.array(fc.nat(30), { maxLength: 4 }), { minLength: 1, maxLength: 30 }).map((all) =>
  all.map((needs, at): GraphNode => {
    const dependsOn = [...new Set(needs.filter((need) => need < at))].map((need) => `image-${need}`);
    return { name: `image-${at}`, dependsOn, state: 'built' };
  }),
);

test('whatever depends on whatever: inside of the drawing, apart, from left to right, and the same again', () => {
  fc.assert(
    fc.property(graphs, (nodes) => {
      const layout = layoutGraph(nodes);
      expect(layoutGraph(nodes)).toEqual(layout);
      expect(layout.nodes.length).toBe(nodes.length);
      for (const { x, y, width, height } of layout.nodes) {
        expect(x >= 0 && y >= 0).toBe(true);
        expect(x + width <= layout.width && y + height <= layout.height).toBe(true);
      }
      for (const [at, one] of layout.nodes.entries())
        for (const other of layout.nodes.slice(at + 1))
          expect(one.x !== other.x || Math.abs(one.y - other.y) >= one.height).toBe(true);
      for (const points of layout.edges)
        expect(points.every(({ x }, at) => x >= (points[at - 1]?.x ?? 0))).toBe(true);
    }),
  );
});
