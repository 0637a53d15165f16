import { renderJsonSchemas } from '../config/json-schema.ts';
import { HephyError } from '../errors.ts';
import type { Invoked } from '../session/invoked.ts';

const FILES: Readonly<Record<string, string>> = {
  image: 'schema/build-config.schema.json',
  project: 'schema/project.schema.json',
};

/** Prints the same bytes as the files in schema/, for an editor or a check that has only the bundle. */
export async function schema({ operands, output }: Invoked): Promise<number> {
  const [which = 'image', ...rest] = operands;
  const file = Object.hasOwn(FILES, which) ? FILES[which] : undefined;
  const text = file === undefined ? undefined : renderJsonSchemas()[file];
  if (text === undefined || rest.length > 0) {
    throw new HephyError('USAGE', `there is no schema "${operands.join(' ')}"`, {
      hint: 'Choose image or project.',
    });
  }
  output.data(text);
  return 0;
}
