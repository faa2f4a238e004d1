import * as z from 'zod';
import type { Provider } from '../providers/provider.ts';
import { clearableNames } from '../update/arguments.ts';

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
      if (jsonSchema.enum !== undefined) delete jsonSchema.type;
      if (jsonSchema.type === 'integer') {
        delete jsonSchema.minimum;
        delete jsonSchema.maximum;
      }
    },
  });
  const { $schema: _, ...slim } = json;
  return clear ? withClear(slim, clear) : slim;
}

/** `clear` as one enum, plus a pattern where keys of a free-form object may be named. */
function withClear(schema: Record<string, unknown>, provider: Provider): Record<string, unknown> {
  const { names, prefixes } = clearableNames(provider);
  const properties = { ...(schema['properties'] as Record<string, unknown>) };
  if (names.length + prefixes.length === 0) delete properties['clear'];
  return { ...schema, properties };
}
