import { z } from 'zod';
import type { FieldNotes } from '../domain/fields.ts';

const Notes = z.object({
  description: z.string(),
  example: z.unknown(),
  kind: z.string(),
  absent: z.string(),
});

/** What a schema says of itself for editors and documents. A field without notes is our own mistake, found by tests. */
export function fieldNotes(schema: z.ZodType): FieldNotes {
  return Notes.parse(schema.meta());
}
