import type { Settings } from '../config/settings.ts';
import type { Plan } from '../domain/plan.ts';
import { HephyError } from '../errors.ts';

/** What one machine pushes and another one joins must meet somewhere: there is no registry of one's own to fall back to. */
export function requireRegistry({ run }: Plan, { registry }: Pick<Settings, 'registry'>): void {
  if (registry !== undefined || !run.push) return;
  throw new HephyError('USAGE', 'a run on several machines requires a registry', {
    hint: 'Add --registry HOST/PATH, or set HEPHY_REGISTRY.',
  });
}
