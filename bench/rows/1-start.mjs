import { statSync } from 'node:fs';
import { ms, sideBySide, time } from '../measure.mjs';
import { bundle } from '../paths.mjs';

export const row = {
  name: 'Start of the bundle',
  budget: '≤ 80 ms over `node -e 0`; bundle ≤ 3 MB',
  async measure() {
    const node = process.execPath;
    const measured = await sideBySide({
      node: () => time([node, '-e', '0']),
      version: () => time([node, bundle, '--version']),
      schema: () => time([node, bundle, 'schema']),
    });
    const over = measured.schema.median - measured.node.median;
    const size = statSync(bundle).size / 1e6;
    return {
      verdict: `${ms(over)} over node, ${size.toFixed(2)} MB: ${over <= 80 && size <= 3 ? 'met' : 'missed'}`,
      figures: {
        '`node -e 0`': measured.node,
        '`hephy --version`': measured.version,
        '`hephy schema`: configuration code loaded, its schema made and printed': measured.schema,
        bundle: `${size.toFixed(2)} MB`,
      },
    };
  },
};
