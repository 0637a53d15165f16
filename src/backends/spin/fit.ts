import type { Fit } from '../choice.ts';
import type { SpinOptions } from './options.ts';

/** When Spin is chosen. A manifest with another name is only found if the config sets `manifest_path`. */
export const fit: Fit<SpinOptions> = {
  detect: ({ hasSpinToml }) => (hasSpinToml ? 'spin.toml' : undefined),
  missing: ({ context, facts }, { manifest_path: manifest }) => {
    if (facts === null || facts.hasSpinToml || manifest !== 'spin.toml') return undefined;
    return {
      code: 'CONFIG_PATH',
      message: `there is no spin.toml in ${context}`,
      hint: 'Set spin_config.manifest_path, or choose another build_backend.',
    };
  },
};
