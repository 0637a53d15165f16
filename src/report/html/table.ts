import type { Html, Tag } from './html.ts';

export type Cell = Html | string;

export interface Table {
  readonly columns: readonly string[];
  /** Titles of the columns that are aligned to the right. */
  readonly numbers?: readonly string[];
  /** The first cell is the heading of the row. */
  readonly rows: readonly (readonly Cell[])[];
}

/**
 * On a narrow screen the rows become cards, with the column title before each cell. The roles are set explicitly, because
 * screen readers do not treat a table with another `display` value as a table.
 */
export function renderTable(html: Tag, { columns, numbers = [], rows }: Table): Html {
  const classOf = (column: string): string => (numbers.includes(column) ? 'number' : '');
  const head = columns.map((column) => {
    return html`<th role="columnheader" scope="col" class="${classOf(column)}">${column}</th>`;
  });
  const body = rows.map(([first = '', ...rest]) => {
    const cells = rest.map((cell, at) => renderCell(html, cell, columns[at + 1] ?? ''));
    return html`<tr role="row">
      <th role="rowheader" scope="row">${first}</th>
      ${cells}
    </tr> `;
  });
  function renderCell(tag: Tag, cell: Cell, column: string): Html {
    const isEmpty = typeof cell === 'string' ? cell === '' : cell.markup === '';
    const classes = `${classOf(column)}${isEmpty ? ' empty' : ''}`.trim();
    const text = isEmpty ? tag`<span class="soft">–</span>` : tag`<div>${cell}</div>`;
    return tag`<td role="cell" class="${classes}" data-label="${column}">${text}</td>`;
  }
  return html`<table role="table">
    <thead role="rowgroup">
      <tr role="row">
        ${head}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${body}
    </tbody>
  </table>`;
}
