import { HephyError } from '../../errors.ts';
import type { PublishedImage } from '../ci.ts';

export interface Variable {
  readonly name: string;
  readonly value: string;
}

/**
 * An upload beyond these fails the job. Servers allow different numbers of variables; this is the smallest default.
 * https://docs.gitlab.com/administration/instance_limits/#limit-dotenv-variables
 */
const MOST_VARIABLES = 20;
const MOST_BYTES = 5120;

/** A dotenv report has no quotes and no lines within a value: https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsdotenv */
export function renderDotenv(variables: readonly Variable[]): string {
  return variables.map(renderVariable).join('');
}

/** Whether GitLab takes the file with these lines added. */
export function fitsDotenv(file: string, added: string): boolean {
  const whole = file + added;
  return Buffer.byteLength(whole) <= MOST_BYTES && whole.split('\n').length - 1 <= MOST_VARIABLES;
}

/** By kind, what is needed most first: of a kind all are written or none, so that a job can rely on them. */
export function listVariables(images: readonly PublishedImage[]): readonly (readonly Variable[])[] {
  return [
    images.flatMap(({ variable, reference }) =>
      reference === null ? [] : [{ name: `HEPHY_IMAGE_${variable}`, value: reference }],
    ),
    images.map(({ variable, digest }) => ({ name: `HEPHY_DIGEST_${variable}`, value: digest })),
    images.map(({ variable, tags }) => ({ name: `HEPHY_TAG_${variable}`, value: tags[0] ?? '' })),
  ].filter((kind) => kind.length > 0);
}

function renderVariable({ name, value }: Variable): string {
  if (!/[\r\n\0]/.test(value)) return `${name}=${value}\n`;
  throw new HephyError('INTERNAL', `${name} has several lines, which a dotenv file cannot hold`);
}
