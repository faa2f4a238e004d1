import * as z from 'zod';
import type { Provider } from '../../providers/provider.ts';
import { clearListed } from '../../update/request/schema.ts';

/**
 * A zod schema as the JSON Schema (2020-12) that a tool lists. Kept slim, since every conversation pays for its tokens:
 * formats without the patterns that zod adds, integers without the bounds of a double. Arguments are still validated
 * with the full zod schema.
 */
export function listedSchema(schema: z.ZodType, clear?: Provider): Record<string, unknown> {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override({ jsonSchema }) {
      const listed = jsonSchema['listed'];
      if (typeof listed === 'object' && listed !== null) {
        for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
        Object.assign(jsonSchema, listed);
      }
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
      if (jsonSchema.minLength === 1) delete jsonSchema.minLength;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  const { $schema: _, ...slim } = json;
  return clear ? withoutUselessClear(slim, clear) : slim;
}

/**
 * Where no field can be cleared, `clear` is not listed: many clients reject an array without an item type, and some
 * models an empty enum. A call that sends it still gets a result.
 */
function withoutUselessClear(schema: Record<string, unknown>, provider: Provider): Record<string, unknown> {
  if (clearListed(provider)) return schema;
  // Every tool's schema is an object schema.
  const { clear: _, ...properties } = schema['properties'] as Record<string, unknown>;
  return { ...schema, properties };
}
