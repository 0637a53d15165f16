import type { Leg } from '../../domain/image.ts';

/** Hosts for which ko's registry library uses plain HTTP by default (go-containerregistry, pkg/name). */
const PLAIN_HTTP = [
  /^localhost:/,
  /^127\.0\.0\.1(:\d{1,5})?$/,
  /^(::1|\[::1\](:\d{1,5})?)$/,
  /\.local(host)?(:\d{1,5})?$/,
  /^10\.\d+\.\d+\.\d+(:|$)/,
  /^192\.168\.\d+\.\d+(:|$)/,
  /^172\.(1[6-9]|2\d|3[01])\.\d+\.\d+(:|$)/,
];

/** The flag also allows plain HTTP when the base image is pulled, so it is set only if the push needs it. */
export function needsInsecureFlag(leg: Leg): boolean {
  const host = leg.repository.split('/')[0] ?? '';
  return leg.insecure && !PLAIN_HTTP.some((pattern) => pattern.test(host));
}
