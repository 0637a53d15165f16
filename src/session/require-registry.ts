import type { Settings } from '../config/settings.ts';
import type { Plan } from '../domain/plan.ts';
import { HephyError } from '../errors.ts';

/** Machines exchange legs through a registry; a registry on loopback, the default of a single machine, cannot be shared. */
export function requireRegistry({ run }: Plan, { registry }: Pick<Settings, 'registry'>): void {
  if (registry !== undefined || !run.push) return;
  throw new HephyError('USAGE', 'a run on several machines requires a registry', {
    hint: 'Add --registry HOST/PATH, or set HEPHY_REGISTRY.',
  });
}
