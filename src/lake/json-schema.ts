/** The lake file's JSON Schema, for editors and as the reference of the fields. */
import { z } from 'zod';
import { lakeFileSchema } from './schema.ts';

/** JSON Schema, draft 2020-12, of what may be written. */
export function lakeJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(lakeFileSchema, { io: 'input' });
  return {
    $schema,
    title: 'Sluice lake file',
    description: 'Everything an operator declares about one community and its Data Lake.',
    ...schema,
  };
}
