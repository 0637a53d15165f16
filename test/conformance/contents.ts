import { crane, craneJson } from '../support/go-shop.ts';

interface Pushed {
  readonly mediaType: string;
  readonly manifests?: readonly {
    readonly digest: string;
    readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string };
  }[];
}

/**
 * Everything that a run left under `repository` and below it, tag by tag: its own digest and, of an index, platform and
 * digest of each image. Without the layer cache, and the
 * tags by which an unchanged leg is found.
 */
export async function readContents(host: string, path: string): Promise<Record<string, string>> {
  const catalog = (await crane('catalog', host)).split('\n');
  const repositories = catalog.filter((name) => name === path || isBelow(name, path));
  const found = await Promise.all(repositories.map((name) => readRepository(host, { name, path })));
  return Object.assign({}, ...found);
}

/** kaniko keeps its layers in repositories, BuildKit under tags. */
function isBelow(name: string, path: string): boolean {
  return name.startsWith(`${path}/`) && !name.startsWith(`${path}/cache/`);
}

async function readRepository(
  host: string,
  { name, path }: { name: string; path: string },
): Promise<Record<string, string>> {
  const repository = `${host}/${name}`;
  const tags = (await crane('ls', '--omit-digest-tags', repository)).split('\n');
  const below = name === path ? '' : `${name.slice(path.length + 1)}:`;
  const entries = tags
    .filter((tag) => tag !== '' && !/^(fp|buildcache)-/.test(tag))
    .map(async (tag) => [`${below}${tag}`, await describe(`${repository}:${tag}`)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function describe(reference: string): Promise<string> {
  const { manifests } = await craneJson<Pushed>('manifest', reference);
  if (manifests === undefined) return crane('digest', reference);
  const images = manifests.map(({ digest, platform }) => {
    const { os = '', architecture = '', variant } = platform ?? {};
    return `${[os, architecture, variant].filter(Boolean).join('/')} ${digest}`;
  });
  return [await crane('digest', reference), ...images].join('\n');
}
