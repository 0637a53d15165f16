import type { Leg } from '../../domain/image.ts';

/** Hosts that ko's registry library speaks plain HTTP to without being told (go-containerregistry, pkg/name). */
const PLAIN_HTTP = [
  /^localhost:/,
  /^127\.0\.0\.1(:\d{1,5})?$/,
  /^(::1|\[::1\](:\d{1,5})?)$/,
  /\.local(host)?(:\d{1,5})?$/,
  /^10\.\d+\.\d+\.\d+(:|$)/,
  /^192\.168\.\d+\.\d+(:|$)/,
  /^172\.(1[6-9]|2\d|3[01])\.\d+\.\d+(:|$)/,
];

/** The flag loosens the pull of the base image as well, so it is given only where the push needs it. */
export function needsInsecureFlag(leg: Leg): boolean {
  const host = leg.repository.split('/')[0] ?? '';
  return leg.insecure && !PLAIN_HTTP.some((pattern) => pattern.test(host));
}
