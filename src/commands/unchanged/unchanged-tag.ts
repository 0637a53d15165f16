import { fingerprintTag } from '../../domain/fingerprint.ts';
import type { PlanLeg } from '../../domain/plan.ts';

/** The tag that an image is found by that this run does not build again; undefined where it builds it. */
export function unchangedTag({ fingerprint, unchanged }: PlanLeg): string | undefined {
  return unchanged && fingerprint && 'hash' in fingerprint ? fingerprintTag(fingerprint) : undefined;
}
