import { HephyError } from '../errors.ts';
import { pathOf, type Place } from './place.ts';
import { formatRepository } from './reference.ts';
import { parseAs, TagList } from './schema.ts';

const PAGE = 1000;
const MAX_PAGES = 1000;

/** All pages: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags */
export async function listTags(place: Place): Promise<readonly string[]> {
  const tags: string[] = [];
  let next: string | undefined = pathOf(place, `tags/list?n=${PAGE}`);
  for (let page = 0; next !== undefined; page += 1) {
    if (page === MAX_PAGES) throw unusable(place, 'has no last page');
    const { headers, body } = await place.session.send({
      host: place.name.host,
      method: 'GET',
      target: next,
      action: `list the tags of ${formatRepository(place.name)}`,
      scopes: place.scopes,
    });
    const list = parseAs(TagList, body);
    if (!list) throw unusable(place, 'cannot be read');
    tags.push(...(list.tags ?? []));
    next = readNext(headers['link']);
  }
  return tags;
}

/** https://www.rfc-editor.org/rfc/rfc8288: `</v2/shop/tags/list?last=x&n=1000>; rel="next"` */
function readNext(link: string | string[] | undefined): string | undefined {
  const text = Array.isArray(link) ? link.join(',') : (link ?? '');
  return /<([^>]*)>\s*;\s*(?:[^,]*;\s*)?rel="?next"?/i.exec(text)?.[1];
}

function unusable(place: Place, what: string): HephyError {
  return new HephyError(
    'REGISTRY_UNAVAILABLE',
    `the list of tags of ${formatRepository(place.name)} ${what}`,
    {
      hint: 'Check that the host and port belong to a registry.',
    },
  );
}
