import { expandVariables } from '../../domain/expand.ts';
import { HephyError } from '../../errors.ts';

/** Fills `${HEPHY_REGISTRY}:${API_TAG}` from what the run knows; undefined where the config names no base. */
export function expandBaseImage(
  text: string | undefined,
  values: Readonly<Record<string, string>>,
): string | undefined {
  if (text === undefined) return undefined;
  const expanded = expandVariables(text, values);
  const [missing] = expanded.missing;
  if (missing === undefined) return expanded.text;
  throw new HephyError('CONFIG_VARIABLE', `ko_config.base_image names \${${missing}}, which is not set`, {
    hint: `Known here: ${Object.keys(values).sort().join(', ') || 'nothing'}. Others can be given in build_args.`,
  });
}
