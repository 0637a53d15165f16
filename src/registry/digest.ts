import { createHash } from 'node:crypto';

export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Uses the algorithm of the expected digest, whose format was validated when it was read. */
export function hasDigest(bytes: Uint8Array, digest: string): boolean {
  return startDigest(digest).update(bytes).matches();
}

export interface RunningDigest {
  update(bytes: Uint8Array): RunningDigest;
  matches(): boolean;
}

export function startDigest(expected: string): RunningDigest {
  const [algorithm = '', hex] = expected.split(':');
  const hash = createHash(algorithm);
  const running: RunningDigest = {
    update: (bytes) => {
      hash.update(bytes);
      return running;
    },
    matches: () => hash.digest('hex') === hex,
  };
  return running;
}
