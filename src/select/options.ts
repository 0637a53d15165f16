import { backendOf, sectionOf, traitsOf } from '../backends/index.ts';
import type { Shortcoming, Subject } from '../backends/choice.ts';
import type { ConfiguredImage } from '../config/settings.ts';
import type { BackendId } from '../domain/image.ts';
import { fieldPosition } from '../domain/position.ts';
import { HephyError } from '../errors.ts';

interface OptionsInput {
  readonly image: ConfiguredImage;
  readonly subject: Subject;
}

/** The backend's own section of the config, with its defaults, and with what the context answers. */
export function chooseOptions(
  { image, subject }: OptionsInput,
  id: BackendId,
  problems: HephyError[],
): unknown {
  if (!traitsOf(id).dockerfile) problems.push(...findDockerfileFields(image, id));
  const { options: schema, fit } = backendOf(id);
  const options = schema.parse(sectionOf(image.values, id) ?? {});
  const completed = fit.complete?.(options, subject) ?? options;
  if (!isShortcoming(completed)) return completed;
  const { code, message, hint } = completed;
  const at = fieldPosition(image, `${id}_config`);
  problems.push(new HephyError(code, `${image.name}: ${message}`, { at, hint }));
  return options;
}

function isShortcoming(value: unknown): value is Shortcoming {
  return typeof value === 'object' && value !== null && 'code' in value && 'hint' in value;
}

/** A backend without a Dockerfile would ignore these fields. */
function findDockerfileFields(image: ConfiguredImage, id: BackendId): readonly HephyError[] {
  const { target, targets = [], secrets = [] } = image.values;
  const passes = traitsOf(id).secrets;
  const lost = passes === 'variables' ? secrets.filter(({ file }) => file !== undefined) : secrets;
  const used = [
    { field: 'target', is: target !== undefined && target !== '', cannot: 'has no Dockerfile stages' },
    { field: 'targets', is: targets.length > 0, cannot: 'has no Dockerfile stages' },
    {
      field: 'secrets',
      is: passes !== 'all' && lost.length > 0,
      cannot: `supports no secrets${passes === 'variables' ? ' from files' : ''}`,
    },
  ];
  return used
    .filter(({ is }) => is)
    .map(({ field, cannot }) => {
      const hint = `Remove ${field}, or set build_backend: buildkit`;
      const message = `${image.name}: ${field} is not supported: ${id} ${cannot}`;
      return new HephyError('CONFIG_CONFLICT', message, { at: fieldPosition(image, field), hint });
    });
}
