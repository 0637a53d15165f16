import { HephyError } from '../../errors.ts';

/** Fills `${HEPHY_REGISTRY}:${API_TAG}` from what the run knows; undefined where the config names no base. */
export function expandBaseImage(
  text: string | undefined,
  values: Readonly<Record<string, string>>,
): string | undefined {
  return text?.replaceAll(/\$\{([^}]*)\}/g, (_, name: string) => {
    const value = values[name];
    if (value !== undefined && Object.hasOwn(values, name)) return value;
    throw new HephyError('CONFIG_VARIABLE', `ko_config.base_image names \${${name}}, which is not set`, {
      hint: `Known here: ${Object.keys(values).sort().join(', ') || 'nothing'}. Others can be given in build_args.`,
    });
  });
}
