import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { inspectImage } from '../../src/registry/inspect.ts';
import { pushImage } from '../support/push-image.ts';
import { AMD64, openClient } from '../support/registry-client.ts';
import { startRegistry, type TestRegistry } from '../support/registry.ts';

const LABEL = 'dev.hephy.fingerprint';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());

test('an annotation is proof without a request for the config; a label still needs one', async () => {
  const name = { host: registry.host, path: 'shop' };
  const repository = openClient().registries.repository(name, 'push');
  const image = { platform: AMD64, layers: [], config: { Labels: { [LABEL]: 'label' } } };
  await pushImage(repository, [{ ...image, annotations: { [LABEL]: 'annotation' } }], ['both']);
  const read: string[] = [];
  const counting: typeof repository = {
    ...repository,
    readBlob: (blob) => {
      read.push(blob.digest);
      return repository.readBlob(blob);
    },
  };
  const expected = { reference: { ...name, tag: 'both' }, platform: AMD64, provenBy: [LABEL] };
  await inspectImage(counting, { ...expected, labels: { [LABEL]: 'annotation' } });
  expect(read).toHaveLength(0);
  await inspectImage(counting, { ...expected, labels: { [LABEL]: 'label' } });
  expect(read).toHaveLength(1);
  await expect(inspectImage(counting, { ...expected, labels: { [LABEL]: 'other' } })).rejects.toMatchObject({
    code: 'MANIFEST_MISMATCH',
  });
});
