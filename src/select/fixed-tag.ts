import type { FixedTag } from '../domain/choice.ts';
import { tagVariable, type PublishedName } from '../domain/published.ts';

const WITH_TAG = /^([^@]+):([\w.-]+)$/;
const WITHOUT_TAG = /^([^:@]+\/[\w.-]+)$/;

/**
 * A reference that names an image of this repository and lets nothing choose its tag: what is built on it waits for an
 * image that it then does not get. Undefined where a variable or a digest decides.
 */
export function findFixedTag(reference: string, { name }: PublishedName, at: string): FixedTag | undefined {
  const [, before, tag = 'latest'] = WITH_TAG.exec(reference) ?? WITHOUT_TAG.exec(reference) ?? [];
  if (before === undefined) return undefined;
  return { at, reference, tag, instead: `${before}:\${${tagVariable(name)}}` };
}
