import { csvRecord } from './csv.ts';
import type { BuildkitOptions } from './options.ts';

/** Left out unless asked for: an image without them is one plain manifest, which joins exactly. */
export function attestationOpts({ provenance, sbom }: BuildkitOptions): Readonly<Record<string, string>> {
  return {
    ...(provenance !== false && { 'attest:provenance': `mode=${provenance}` }),
    ...(sbom !== false && { 'attest:sbom': sbom === true ? '' : csvRecord({ generator: sbom }) }),
  };
}
