import { HephyError } from '../errors.ts';
import type { Settings } from '../config/settings.ts';
import { closest } from '../domain/closest.ts';

/** Images that an override names and that do not exist: a typing mistake must not pass in silence. */
export function findUnknownOverrides(
  override: Settings['backendOverride'],
  names: readonly string[],
): readonly HephyError[] {
  if ('all' in override) return [];
  const known = new Set(names);
  return Object.keys(override.byImage)
    .filter((name) => !known.has(name))
    .map((name) => {
      const near = closest(name, names);
      const hint = near === undefined ? 'hephy explain lists the images.' : `Did you mean "${near}"?`;
      return new HephyError(
        'CONFIG_OVERRIDE',
        `HEPHY_BACKEND names the image "${name}", which does not exist`,
        {
          hint,
        },
      );
    });
}
