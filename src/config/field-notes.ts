import { z } from 'zod';
import type { FieldNotes } from '../domain/fields.ts';

const Notes = z.object({
  description: z.string(),
  example: z.unknown(),
  kind: z.string(),
  absent: z.string(),
});

/** The notes of a schema for editors and documents. Tests find fields without notes. */
export function fieldNotes(schema: z.ZodType): FieldNotes {
  return Notes.parse(schema.meta());
}
