import type { Html, Tag } from './html.ts';

export interface Section {
  readonly title: string;
  readonly content: Html;
  readonly folded?: boolean;
}

/** A part of the page with a heading. If it is folded, a click on the heading opens it. */
export function section(html: Tag, { title, content, folded = false }: Section): Html {
  const id = title.toLowerCase().replaceAll(' ', '-');
  const heading = html`<h2 id="${id}">${title}</h2>`;
  const body = folded
    ? html`<details>
        <summary>${heading}</summary>
        ${content}
      </details>`
    : html`${heading}${content}`;
  return html`<section aria-labelledby="${id}">${body}</section> `;
}

/** Details that only some readers need, closed at first. */
export function fold(html: Tag, title: string, content: Html): Html {
  return html`<details>
    <summary>${title}</summary>
    ${content}
  </details> `;
}
