import { ms, shown } from './measure.mjs';

/** The figures of a row as a Markdown table: one value a line, or one for each of its columns. */
export function renderFigures({ columns = [''], figures }, show = shown) {
  const lines = Object.entries(figures).map(([what, figure]) => [what, ...[figure].flat().map(show)]);
  const rule = ['---', ...columns.map(() => '---')];
  return [['', ...columns], rule, ...lines].map((cells) =>
    `| ${cells.join(' | ')} |`.replaceAll(/\|\s+(?=\|)/g, '| '),
  );
}

/** For documents: medians, and where they come from. */
export function renderMedians(result) {
  const show = (figure) => (typeof figure === 'string' ? figure : ms(figure.median));
  return [...renderFigures(result, show), '', `Medians. ${result.machine}.`].join('\n');
}
