import type { PublishedName } from '../domain/published.ts';
import { findByTag, type PublishedIndex } from './published-index.ts';

/** Filled in by hephy-builder itself, whatever default a Dockerfile gives them. */
export const REGISTRY_VARIABLES: readonly string[] = ['HEPHY_REGISTRY', 'ECR_REGISTRY'];

const VARIABLE_HOST = /^\$(?:\{([A-Za-z_]\w*)(?::?[-+][^}]*)?\}|([A-Za-z_]\w*))([\s\S]*)$/;
const WHOLE_VARIABLE = /^\$(?:\{([A-Za-z_]\w*)(?::?[-+][^}]*)?\}|([A-Za-z_]\w*))$/;

/**
 * The image of this repository that a reference names, if it does. Only a reference that begins with a variable can:
 * `${ECR_REGISTRY}:${CURL_TAG}` and `${REGISTRY}:curl-latest` in the tag layout, `${HEPHY_REGISTRY}/curl:latest` in the
 * repository layout. A literal host is somebody else's registry.
 */
export function matchReference(reference: string, index: PublishedIndex): PublishedName | undefined {
  const [, braced, bare, rest = ''] = VARIABLE_HOST.exec(reference) ?? [];
  const host = braced ?? bare;
  if (host === undefined) return undefined;
  const { path, tag } = splitReference(rest);
  const byTag = matchTag(tag, index);
  if (path === '') return byTag;
  // Only a variable that says so is a registry: `${MIRROR}/node:20` is not the image `node` of this repository.
  if (!/(^|_)REGISTRY(_|$)/.test(host)) return undefined;
  return byTag ?? index.byName.get(path.slice(1));
}

/** `${MINE}:curl-latest` is one of ours whatever default MINE has for builds by hand. */
export function matchLiteralTag(reference: string, index: PublishedIndex): PublishedName | undefined {
  const [, tag] = /^\$\{[^}]*\}:([\w.-]+)$/.exec(reference) ?? [];
  return tag === undefined ? undefined : findByTag(index, tag);
}

function splitReference(rest: string): { path: string; tag: string } {
  const named = rest.split('@')[0] ?? '';
  const colon = named.indexOf(':');
  return colon === -1
    ? { path: named, tag: '' }
    : { path: named.slice(0, colon), tag: named.slice(colon + 1) };
}

function matchTag(tag: string, index: PublishedIndex): PublishedName | undefined {
  const [, braced, bare] = WHOLE_VARIABLE.exec(tag) ?? [];
  const variable = braced ?? bare;
  return variable === undefined ? findByTag(index, tag) : index.byVariable.get(variable);
}

/** The dependencies' tag variables that a text expands: `${CURL_TAG}`. */
export function matchVariables(text: string, index: PublishedIndex): readonly PublishedName[] {
  return [...text.matchAll(/\$(?:\{([A-Za-z_]\w*)|([A-Za-z_]\w*))/g)]
    .map(([, braced, bare]) => index.byVariable.get(braced ?? bare ?? ''))
    .filter((published) => published !== undefined);
}
