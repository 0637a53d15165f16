import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { listProjectFiles, readProjectFile, ROOT } from './support/project-files.ts';

/** As GitHub and GitLab make it of a heading. */
function anchorOf(heading: string): string {
  const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '');
  return text
    .toLowerCase()
    .trim()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}

async function anchorsOf(file: string): Promise<readonly string[]> {
  const headings = (await readProjectFile(file)).matchAll(/^#{1,6} (.+)$/gm);
  return [...headings].map(([, heading = '']) => anchorOf(heading));
}

async function isBroken(from: string, link: string): Promise<boolean> {
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? from : join(dirname(from), path);
  if (!existsSync(join(ROOT, file))) return true;
  if (anchor === undefined || statSync(join(ROOT, file)).isDirectory()) return false;
  return !(await anchorsOf(file)).includes(anchor);
}

test('every link of the documents leads to something that is there', async () => {
  const broken: string[] = [];
  for (const from of await listProjectFiles('*.md', 'docs/**/*.md', 'examples/**/*.md')) {
    const links = (await readProjectFile(from)).matchAll(/\]\((?!\w+:)([^)\s]+)\)/g);
    for (const [, link = ''] of links) if (await isBroken(from, link)) broken.push(`${from}: ${link}`);
  }
  expect(broken).toEqual([]);
});
