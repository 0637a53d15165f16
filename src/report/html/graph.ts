import { collectNodes, type GraphNode } from '../graph-nodes.ts';
import { MARKS, STATE_WORDS } from '../outcome.ts';
import type { ReportInput } from '../report-input.ts';
import { layoutGraph, type PlacedNode, type Point } from './graph-layout.ts';
import { type Html, NOTHING, type Tag } from './html.ts';
import { section } from './section.ts';

/** A larger drawing is not readable; the list below it has the same content. */
const MOST_NODES = 120;
const MOST_EDGES = 400;
/** With more nodes the drawing is folded, so that the sections below stay in reach. */
const OPEN_NODES = 30;

/** The dependencies as a drawing, and as a list for readers who cannot see the drawing. */
export function renderGraph(html: Tag, { plan, run }: ReportInput): Html {
  const nodes = collectNodes(plan, run);
  const edges = nodes.reduce((sum, { dependsOn }) => sum + dependsOn.length, 0);
  if (edges === 0) return NOTHING;
  const drawn = nodes.length <= MOST_NODES && edges <= MOST_EDGES;
  const content = html`${drawn ? draw(html, nodes) : NOTHING}
    <details>
      <summary>As a list</summary>
      ${renderList(html, nodes)}
    </details>`;
  return section(html, { title: 'Dependencies', content, folded: nodes.length > OPEN_NODES });
}

function draw(html: Tag, all: readonly GraphNode[]): Html {
  const { width, height, nodes, edges } = layoutGraph(all);
  return html`<div class="scroll" role="region" aria-label="Drawing of the dependencies" tabindex="0">
    <svg
      class="graph"
      width="${width}"
      height="${height}"
      viewBox="0 0 ${width} ${height}"
      role="img"
      aria-label="Which image is built on which; the list below says the same"
    >
      ${edges.map((points) => html`<path d="${curve(points)}" />`)}
      ${nodes.map((node) => drawNode(html, node))}
    </svg>
  </div>`;
}

/** The edge is horizontal at every point, so that it passes each layer in a straight line. */
function curve(points: readonly Point[]): string {
  return points
    .map(({ x, y }, at) => {
      const before = points[at - 1];
      if (before === undefined) return `M${round(x)} ${round(y)}`;
      const middle = round((before.x + x) / 2);
      return `C${middle} ${round(before.y)} ${middle} ${round(y)} ${round(x)} ${round(y)}`;
    })
    .join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function drawNode(html: Tag, placed: PlacedNode): Html {
  const { node, label, x, y, width, height } = placed;
  const kind = node.state ?? 'planned';
  return html`<g class="${kind}"
    ><title>${node.name}: ${STATE_WORDS[kind]}</title>${outline(html, placed)}<text
      class="mark"
      x="${x + 15}"
      y="${y + height / 2}"
      >${MARKS[kind]}</text
    ><text x="${x + 26}" y="${y + height / 2}">${label}</text
    ><rect class="touch" x="${x}" y="${y}" width="${width}" height="${height}"
  /></g> `;
}

/** Round corners if nothing was done, cut corners if the build failed, square corners if it was built. */
function outline(html: Tag, { node, x, y, width, height }: PlacedNode): Html {
  if (node.state === 'failed') {
    const [right, bottom, middle] = [x + width, y + height, y + height / 2];
    const points = `${x},${middle} ${x + 9},${y} ${right - 9},${y} ${right},${middle} ${right - 9},${bottom} ${x + 9},${bottom}`;
    return html`<polygon points="${points}" />`;
  }
  const radius = node.state === 'unchanged' ? height / 2 : 6;
  return html`<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" />`;
}

function renderList(html: Tag, nodes: readonly GraphNode[]): Html {
  const items = nodes.flatMap(({ name, dependsOn }) =>
    dependsOn.length === 0 ? [] : [html`<li><b>${name}</b> is built on ${dependsOn.join(', ')}</li>`],
  );
  return html`<ul>
    ${items}
  </ul>`;
}
