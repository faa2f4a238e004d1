import * as z from 'zod';
import { parseJson } from '../../../lib/json/json.ts';
import { isExact, isObject, type Json } from '../../../lib/json/json-value.ts';
import type { Field } from '../../../providers/field.ts';

/** The text of a cell as a value of the field, or what was expected instead. No message repeats the text: it may be a secret. */
export type Converted = { value: Json } | { expected: string };

/** Reads cells for a field, or for a key in it. */
export type Convert = (text: string) => Converted;

/**
 * How cells become values at a place in a field, by the JSON types that the field takes there. A text is taken as it is,
 * and so is every cell where no type is declared: what it becomes must not depend on how it looks.
 */
export function converterFor({ schema }: Field, keys: readonly string[]): Convert {
  const types = typesAt(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), keys);
  if (types.size === 0 || types.has('string')) return (value) => ({ value });
  const kinds = KINDS.filter(({ type }) => types.has(type));
  return (text) => {
    for (const { read } of kinds) {
      const value = read(text);
      if (value !== undefined) return { value };
    }
    return { expected: `expected ${kinds.map(({ says }) => says).join(' or ')}` };
  };
}

const KINDS: readonly { type: string; says: string; read(text: string): Json | undefined }[] = [
  {
    type: 'boolean',
    says: 'true or false',
    // Spreadsheets write them in capitals.
    read: (text) => ({ true: true, false: false })[text.toLowerCase()],
  },
  {
    type: 'number',
    says: 'a number such as 5 or 2.5',
    read: (text) => jsonThat(text, (value) => typeof value === 'number' || isExact(value)),
  },
  { type: 'array', says: 'a JSON array such as ["a","b"]', read: (text) => jsonThat(text, Array.isArray) },
  { type: 'object', says: 'a JSON object such as {"a":1}', read: (text) => jsonThat(text, isObject) },
];

function jsonThat(text: string, fits: (value: Json) => boolean): Json | undefined {
  try {
    const value = parseJson(text);
    return fits(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

type Schema = Record<string, unknown>;

/** The JSON types that a schema takes at a path; none if it does not say. */
function typesAt(schema: unknown, [key, ...rest]: readonly string[]): Set<string> {
  if (!isSchema(schema)) return new Set();
  const branches = ['anyOf', 'oneOf', 'allOf'].flatMap((name) => (schema[name] as unknown[] | undefined) ?? []);
  if (branches.length > 0)
    return new Set(branches.flatMap((one) => [...typesAt(one, key === undefined ? [] : [key, ...rest])]));
  if (key !== undefined) {
    const properties = schema['properties'];
    const known = isSchema(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
    return typesAt(known ?? schema['additionalProperties'], rest);
  }
  const values = (schema['enum'] as unknown[] | undefined) ?? ('const' in schema ? [schema['const']] : []);
  const types = [schema['type'] ?? values.map((value) => typeof value)].flat();
  return new Set(types.map((type) => (type === 'integer' ? 'number' : String(type))));
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
