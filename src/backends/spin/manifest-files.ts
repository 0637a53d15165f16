const FILES = /^[ \t]*files[ \t]*=[ \t]*\[((?:"(?:\\.|[^"\\])*"|'[^']*'|#.*$|[^\]"'#])*)\]/gm;
const TEXT = /#.*|(destination[ \t]*=[ \t]*)?(?:"((?:\\.|[^"\\])*)"|'([^']*)')/g;

/** The patterns of `files` in a spin.toml: files that are packed with the components. https://spinframework.dev/manifest-reference */
export function listManifestFiles(manifest: string): readonly string[] {
  return [...manifest.matchAll(FILES)].flatMap(([, list = '']) =>
    [...list.matchAll(TEXT)].flatMap(([, destination, double, single]) =>
      destination === undefined ? [double ?? single ?? []].flat() : [],
    ),
  );
}
