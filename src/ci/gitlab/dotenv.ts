import { HephyError } from '../../errors.ts';
import type { PublishedImage } from '../ci.ts';

export interface Variable {
  readonly name: string;
  readonly value: string;
}

/**
 * A file above these limits fails the job. The number of variables depends on the server; this is the smallest default.
 * https://docs.gitlab.com/administration/instance_limits/#limit-dotenv-variables
 */
const MOST_VARIABLES = 20;
const MOST_BYTES = 5120;

/** A dotenv report has no quotes and no multi-line values: https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsdotenv */
export function renderDotenv(variables: readonly Variable[]): string {
  return variables.map(renderVariable).join('');
}

/** Whether GitLab accepts the file with these lines added. */
export function fitsDotenv(file: string, added: string): boolean {
  const whole = file + added;
  return Buffer.byteLength(whole) <= MOST_BYTES && whole.split('\n').length - 1 <= MOST_VARIABLES;
}

/** Grouped by kind, the most important kind first. A kind is written completely or not at all, so that jobs can rely on it. */
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
