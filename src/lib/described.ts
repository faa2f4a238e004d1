import * as z from 'zod';

/**
 * A schema with a description, for JSON Schema and for documentation derived from it. Nothing may be chained behind it but
 * `optional`. Registered and not added with `describe`, which makes every schema a second time, at every start.
 */
export function described<Schema extends z.ZodType>(description: string, schema: Schema): Schema {
  z.globalRegistry.add(schema, { description });
  return schema;
}
