import type { Settings } from '../config/settings.ts';
import type { EventKind } from '../domain/event.ts';

/** A merge request proves that its images build, and publishes nothing, unless the project wants that. */
export function decidePush(event: EventKind, setting: Settings['push']): boolean {
  return setting === 'auto' ? event !== 'merge_request' : setting === 'always';
}
