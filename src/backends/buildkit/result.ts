import { posix } from 'node:path';
import type { Leg } from '../../domain/image.ts';
import type { BuildResult, ExecOutcome } from '../../domain/invocation.ts';
import { HephyError } from '../../errors.ts';

export function metadataFile(leg: Leg): string {
  return posix.join(leg.scratch, 'metadata.json');
}

/** https://github.com/moby/buildkit#metadata: the digest of the pushed image; with attestations, of an index. */
export function readResult(leg: Leg, outcome: ExecOutcome): BuildResult | HephyError {
  const { digest, name } = readMetadata(outcome.files[metadataFile(leg)]);
  const expected = `${leg.repository}:${leg.tag}`;
  if (name === expected && /^sha256:[0-9a-f]{64}$/.test(digest)) return { digest };
  const found = digest === '' ? 'no digest' : `"${name}@${digest}"`;
  return new HephyError('BUILD_FAILED', `buildctl succeeded but reported ${found} for ${expected}`, {
    hint: 'hephy doctor shows which buildctl is used and which version is expected.',
  });
}

function readMetadata(text: string | undefined): { readonly digest: string; readonly name: string } {
  const metadata = parseObject(text ?? '');
  const digest = metadata['containerimage.digest'];
  const name = metadata['image.name'];
  return {
    digest: typeof digest === 'string' ? digest : '',
    name: typeof name === 'string' ? name : '',
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
