import type { State } from '../domain/result.ts';
import { showControls } from '../system/text.ts';

export interface GraphNode {
  readonly name: string;
  readonly dependsOn: readonly string[];
  /** Null: planned, not run yet. */
  readonly state: State | null;
}

/** Beyond this a graph is a tangle, and GitHub stops drawing it. */
const MOST_NODES = 80;

const CLASSES: Readonly<Record<State | 'planned', string>> = {
  planned: 'fill:#ddf4ff,stroke:#0969da,color:#1f2328',
  built: 'fill:#dafbe1,stroke:#1a7f37,color:#1f2328',
  unchanged: 'fill:#f6f8fa,stroke:#8c959f,color:#1f2328',
  failed: 'fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-width:3px',
  skipped: 'fill:#fff8c5,stroke:#9a6700,color:#1f2328,stroke-dasharray:4',
  cancelled: 'fill:#fff8c5,stroke:#9a6700,color:#1f2328,stroke-dasharray:4',
};

/** What is told by colour is told by shape and sign too. */
const SHAPES: Readonly<Record<State | 'planned', readonly [string, string]>> = {
  planned: ['["', '"]'],
  built: ['["✓ ', '"]'],
  unchanged: ['(["= ', '"])'],
  failed: ['{{"✗ ', '"}}'],
  skipped: ['[/"– ', '"/]'],
  cancelled: ['[/"– ', '"/]'],
};

/** The dependencies as a Mermaid graph; empty where there are none to show, or too many. */
export function renderGraph(nodes: readonly GraphNode[]): string {
  const all = withOutsiders(nodes);
  const edges = nodes.flatMap((node) => node.dependsOn.map((need) => ({ need, by: node.name })));
  if (edges.length === 0 || all.length > MOST_NODES) return '';
  const ids = new Map(all.map(({ name }, at) => [name, `n${at}`]));
  const used = new Set(all.map(kindOf));
  const lines = [
    'graph LR',
    ...all.map((node) => `  ${ids.get(node.name)}${shape(node)}:::${kindOf(node)}`),
    ...edges.map(({ need, by }) => `  ${ids.get(need)} --> ${ids.get(by)}`),
    ...[...used].map((kind) => `  classDef ${kind} ${CLASSES[kind]}`),
  ];
  return lines.join('\n');
}

/** What is depended on and not in this run stands there as it is. */
function withOutsiders(nodes: readonly GraphNode[]): GraphNode[] {
  const known = new Set(nodes.map(({ name }) => name));
  const outside = new Set(nodes.flatMap(({ dependsOn }) => dependsOn).filter((name) => !known.has(name)));
  return [...[...outside].map((name): GraphNode => ({ name, dependsOn: [], state: 'unchanged' })), ...nodes];
}

function kindOf({ state }: GraphNode): State | 'planned' {
  return state ?? 'planned';
}

function shape(node: GraphNode): string {
  const [open, close] = SHAPES[kindOf(node)];
  return `${open}${escapeLabel(node.name)}${close}`;
}

/** https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters */
function escapeLabel(text: string): string {
  return showControls(text).replace(/[^\p{L}\p{N} ._/-]/gu, (char) => `#${char.codePointAt(0)};`);
}
