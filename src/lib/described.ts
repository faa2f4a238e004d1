import * as z from 'zod';

/**
 * A schema with a description, for JSON Schema and for documentation derived from it. Chain nothing but `optional`
 * after it. Uses the registry, because `describe` would create every schema twice at every start.
 */
export function described<Schema extends z.ZodType>(description: string, schema: Schema): Schema {
  z.globalRegistry.add(schema, { description });
  return schema;
}
