/** `0.1s`, `38.0s`, `1m 18s`, `2h 05m`: for durations that are compared. */
export function formatDuration(ms: number): string {
  const tenths = Math.round(ms / 100);
  return tenths < 600 ? `${(tenths / 10).toFixed(1)}s` : formatSeconds(ms);
}

/** `12s`, `1m 18s`, `2h 05m`: for running legs, and for sentences. */
export function formatSeconds(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${padTwo(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h ${padTwo(minutes % 60)}m`;
}

function padTwo(count: number): string {
  return String(count).padStart(2, '0');
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `3.2/3.1 MB`; each size has its own unit if the units differ. Decimal units, as registries bill them. */
export function formatSizes(sizes: readonly number[]): string {
  const scaled = sizes.map(scale);
  const units = new Set(scaled.map(({ unit }) => unit));
  if (units.size > 1) return scaled.map(({ value, unit }) => `${value} ${unit}`).join('/');
  return [scaled.map(({ value }) => value).join('/'), ...units].join(' ');
}

function scale(bytes: number): { value: string; unit: string } {
  let left = bytes;
  let at = 0;
  while (left >= 999.5 && at < UNITS.length - 1) {
    left /= 1000;
    at += 1;
  }
  const value = at > 0 && left < 9.95 ? left.toFixed(1) : left.toFixed(0);
  return { value, unit: UNITS[at] ?? '' };
}

/** `sha256:4f1d0c2b9a87…`: long enough to identify a digest. */
export function formatDigest(digest: string): string {
  return /^sha256:[0-9a-f]{64}$/.test(digest) ? `${digest.slice(0, 19)}…` : digest;
}

/** `1 leg`, `2 legs`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
