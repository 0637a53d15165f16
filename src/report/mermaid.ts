import type { State } from '../domain/result.ts';
import type { GraphNode } from './graph-nodes.ts';
import { escapeLabel } from './mermaid-text.ts';
import { MARKS } from './outcome.ts';

/** A larger graph is not readable, and GitHub stops drawing it at 500 edges or 50,000 characters. */
const MOST_NODES = 80;
const MOST_EDGES = 300;

const CLASSES: Readonly<Record<State | 'planned', string>> = {
  planned: 'fill:#ddf4ff,stroke:#0969da,color:#1f2328',
  built: 'fill:#dafbe1,stroke:#1a7f37,color:#1f2328',
  unchanged: 'fill:#f6f8fa,stroke:#8c959f,color:#1f2328',
  failed: 'fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-width:3px',
  skipped: 'fill:#fff8c5,stroke:#9a6700,color:#1f2328,stroke-dasharray:4',
  cancelled: 'fill:#fff8c5,stroke:#9a6700,color:#1f2328,stroke-dasharray:4',
};

/** Shape and mark show the same as the colour. */
const SHAPES: Readonly<Record<State | 'planned', readonly [string, string]>> = {
  planned: ['["', '"]'],
  built: ['["', '"]'],
  unchanged: ['(["', '"])'],
  failed: ['{{"', '"}}'],
  skipped: ['[/"', '"/]'],
  cancelled: ['[/"', '"/]'],
};

/** The dependencies as a Mermaid graph; empty if there are none, or too many. */
export function renderGraph(nodes: readonly GraphNode[]): string {
  const edges = nodes.flatMap((node) => node.dependsOn.map((need) => ({ need, by: node.name })));
  if (edges.length === 0 || edges.length > MOST_EDGES || nodes.length > MOST_NODES) return '';
  const ids = new Map(nodes.map(({ name }, at) => [name, `n${at}`]));
  const used = new Set(nodes.map(kindOf));
  const lines = [
    'graph LR',
    ...nodes.map((node) => `  ${ids.get(node.name)}${shape(node)}:::${kindOf(node)}`),
    ...edges.map(({ need, by }) => `  ${ids.get(need)} --> ${ids.get(by)}`),
    ...[...used].map((kind) => `  classDef ${kind} ${CLASSES[kind]}`),
  ];
  return lines.join('\n');
}

function kindOf({ state }: GraphNode): State | 'planned' {
  return state ?? 'planned';
}

function shape(node: GraphNode): string {
  const kind = kindOf(node);
  const [open, close] = SHAPES[kind];
  const mark = kind === 'planned' ? '' : `${MARKS[kind]} `;
  return `${open}${mark}${escapeLabel(node.name)}${close}`;
}
