import * as z from 'zod';
import type { Provider } from '../../providers/provider.ts';
import { clearListed } from '../../update/request/schema.ts';

/**
 * A zod schema as the JSON Schema (2020-12) a tool lists. Kept slim, since every token of it is paid in every
 * conversation: formats stand without the patterns zod adds, integers without the bounds of a double. Arguments are
 * validated with the full zod schema all the same.
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
  return clear ? withoutIdleClear(slim, clear) : slim;
}

/**
 * Where nothing can be emptied, `clear` is not listed: a list without a type of entries is refused by many clients, and an
 * empty choice by some models. A call that gives it is answered all the same.
 */
function withoutIdleClear(schema: Record<string, unknown>, provider: Provider): Record<string, unknown> {
  if (clearListed(provider)) return schema;
  // The schema of an object, as every tool's is.
  const { clear: _, ...properties } = schema['properties'] as Record<string, unknown>;
  return { ...schema, properties };
}
