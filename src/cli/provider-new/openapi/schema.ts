import { isObject, type Json, type JsonObject } from '../../../lib/json/json-value.ts';
import { type Description, entriesOf, listOf, own, textOf } from './description.ts';

/** What a schema says of a value, with its parts (`allOf`, `oneOf`, `anyOf`) put together. */
export interface ValueShape {
  /** JSON Schema's names of types, without `null`. Empty: the schema does not say. */
  types: ReadonlySet<string>;
  nullable: boolean;
  format?: string;
  enum?: readonly Json[];
  default?: Json;
  readOnly: boolean;
  writeOnly: boolean;
  limits: Readonly<Record<string, number>>;
  /** The schemas of each property: all of them hold. */
  properties: ReadonlyMap<string, readonly Json[]>;
  required: ReadonlySet<string>;
  items?: Json;
  /** Whether further properties are taken; undefined if the schema does not say. */
  open?: boolean;
}

const LIMITS = ['minLength', 'maxLength', 'minimum', 'maximum'] as const;
const MAX_PARTS = 12;

/** Reads schemas that all hold for one value. Parts that lead back to themselves are left out. */
export function toShape(description: Description, schemas: readonly Json[], depth = 0): ValueShape {
  return schemas
    .map((schema) => readSchema(description, schema, depth))
    .reduce((one, other) => both(one, other), ANYTHING);
}

/** Whether the value is an object with named properties. */
export function hasProperties({ types, properties }: ValueShape): boolean {
  return properties.size > 0 && (types.size === 0 || types.has('object'));
}

const ANYTHING: ValueShape = {
  types: new Set(),
  nullable: false,
  readOnly: false,
  writeOnly: false,
  limits: {},
  properties: new Map(),
  required: new Set(),
};

function readSchema(description: Description, value: Json, depth: number): ValueShape {
  const schema = description.resolve(value);
  if (!schema || depth > MAX_PARTS) return ANYTHING;
  const parts = (key: string) => listOf(schema, key).map((part) => readSchema(description, part, depth + 1));
  // OpenAPI 3.1: what stands beside a reference holds too.
  const beside = isObject(value) && value !== schema ? [ownShape(value)] : [];
  const chosen = ['oneOf', 'anyOf'].map(parts).filter((variants) => variants.length > 0);
  return [ownShape(schema), ...beside, ...parts('allOf'), ...chosen.map(either)].reduce(both);
}

function ownShape(schema: JsonObject): ValueShape {
  const type = own(schema, 'type');
  const listed = listOf(schema, 'enum');
  const constant = own(schema, 'const');
  const types = (Array.isArray(type) ? type : [type]).filter((one) => typeof one === 'string');
  const values = (constant === undefined ? listed : [constant]).filter((one) => one !== null);
  const format = textOf(schema, 'format');
  const standard = own(schema, 'default');
  const items = own(schema, 'items');
  const open = own(schema, 'additionalProperties');
  return {
    types: new Set(types.filter((one) => one !== 'null')),
    nullable: own(schema, 'nullable') === true || types.includes('null') || listed.includes(null),
    ...(format !== undefined && { format }),
    ...(values.length > 0 && { enum: values }),
    ...(standard !== undefined && standard !== null && { default: standard }),
    readOnly: own(schema, 'readOnly') === true,
    writeOnly: own(schema, 'writeOnly') === true,
    limits: limitsOf(schema),
    properties: new Map(entriesOf(schema, 'properties').map(([name, property]) => [name, [property]])),
    required: new Set(listOf(schema, 'required').filter((name) => typeof name === 'string')),
    ...(items !== undefined && { items }),
    ...(open !== undefined && { open: open !== false }),
  };
}

/** Both hold. */
function both(one: ValueShape, other: ValueShape): ValueShape {
  const properties = new Map(one.properties);
  for (const [name, schemas] of other.properties) properties.set(name, [...(properties.get(name) ?? []), ...schemas]);
  const kept = one.enum && other.enum ? one.enum.filter((value) => other.enum?.includes(value)) : undefined;
  const common = [...one.types].filter((type) => other.types.has(type));
  return {
    ...one,
    ...other,
    types: one.types.size === 0 || other.types.size === 0 ? union(one.types, other.types) : new Set(common),
    nullable: one.nullable || other.nullable,
    ...(kept && { enum: kept }),
    readOnly: one.readOnly || other.readOnly,
    writeOnly: one.writeOnly || other.writeOnly,
    limits: { ...one.limits, ...other.limits },
    properties,
    required: union(one.required, other.required),
  };
}

/** One of them holds: only what all of them say is known, and any property may occur. */
function either(variants: readonly ValueShape[]): ValueShape {
  const isNull = ({ types, nullable, properties }: ValueShape) => nullable && types.size === 0 && properties.size === 0;
  const values = variants.filter((variant) => !isNull(variant));
  const nullable = variants.some((variant) => variant.nullable);
  const [first, ...others] = values;
  if (!first) return { ...ANYTHING, nullable };
  if (others.length === 0) return { ...first, nullable };
  const joined = values.reduce((one, other) => ({ ...both(one, other), types: union(one.types, other.types) }));
  const { format: _, enum: __, default: ___, items: ____, ...rest } = joined;
  const isSame = (key: 'format' | 'items') => values.every((value) => value[key] === first[key]);
  return {
    ...rest,
    nullable,
    ...(values.every(({ enum: listed }) => listed) && { enum: [...new Set(values.flatMap((one) => one.enum ?? []))] }),
    ...(first.format !== undefined && isSame('format') && { format: first.format }),
    ...(first.items !== undefined && isSame('items') && { items: first.items }),
    readOnly: values.every((value) => value.readOnly),
    writeOnly: values.every((value) => value.writeOnly),
    limits: {},
    required: new Set(),
  };
}

/** Limits that a provider file can say. An exclusive one of whole numbers is the next number. */
function limitsOf(schema: JsonObject): Record<string, number> {
  const found = LIMITS.flatMap((key): [string, number][] => {
    const value = own(schema, key);
    return typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? [[key, value]] : [];
  });
  const limits = Object.fromEntries(found);
  if (own(schema, 'type') !== 'integer') return limits;
  for (const [key, exclusive, step] of EXCLUSIVE) {
    const value = own(schema, exclusive);
    const edge = value === true ? limits[key] : value;
    if (typeof edge === 'number') limits[key] = edge + step;
  }
  return limits;
}

const EXCLUSIVE = [
  ['minimum', 'exclusiveMinimum', 1],
  ['maximum', 'exclusiveMaximum', -1],
] as const;

function union<T>(one: ReadonlySet<T>, other: ReadonlySet<T>): Set<T> {
  return new Set([...one, ...other]);
}
