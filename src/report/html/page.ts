import { createHash } from 'node:crypto';
import type { Html, Tag } from './html.ts';
import { STYLE } from './style.ts';

/** The page loads nothing and runs no scripts, so markup that is not escaped by mistake could do no harm. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** One file that needs no other files. The empty icon keeps browsers from requesting one. */
export function renderPage(html: Tag, title: string, body: readonly Html[]): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${{ markup: POLICY }}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${{ markup: `<style>${STYLE}</style>` }}
      </head>
      <body>
        ${body}
      </body>
    </html> `;
  return page.markup;
}
