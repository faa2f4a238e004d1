import * as z from 'zod';
import { date, email, flag, httpUrl, instant, int64, text, timeZone } from '../../schemas.ts';
import type { NUMERIC, SCALARS } from '../format/fields.ts';
import type { FileField, FileLimits } from '../format/file.ts';

interface ScalarType extends FileLimits {
  type: (typeof SCALARS)[number];
}

/** The schema of the values of a field. None has a default. */
export function valueSchema(field: FileField): z.ZodType {
  const { type, items, keys, maxItems } = field;
  if (type === 'list') {
    const isIds = items?.type === 'integer' && field.compare === 'set';
    const entries = z.array(isIds ? int64() : itemSchema(items));
    return maxItems === undefined ? entries : entries.max(maxItems);
  }
  if (type === 'object') return objectSchema(keys);
  return isId(field) ? int64() : scalarSchema({ ...field, type });
}

/** Ids that are numbers may have more digits than a number of JavaScript holds. */
function isId({ type, compare, refers }: FileField): boolean {
  return type === 'integer' && (compare === 'id' || refers !== undefined);
}

function itemSchema(items: FileField['items']): z.ZodType {
  if (!items) return z.unknown();
  const { type } = items;
  return type === 'object' ? objectSchema(items.keys) : scalarSchema({ ...items, type });
}

function objectSchema(keys: FileField['keys'] = {}): z.ZodType {
  const shape = Object.entries(keys).map(([key, part]) => [key, scalarSchema(part).optional()] as const);
  return z.strictObject(Object.fromEntries(shape));
}

const creators: Readonly<Record<ScalarType['type'], (part: ScalarType) => z.ZodType>> = {
  text: textSchema,
  email: (part) => withLength(email(), part),
  url: (part) => withLength(httpUrl(), part),
  date,
  'date-time': instant,
  'time-zone': timeZone,
  boolean: flag,
  integer: (part) => numberSchema(part, 'integer'),
  number: (part) => numberSchema(part, 'number'),
};

function scalarSchema(part: ScalarType): z.ZodType {
  return creators[part.type](part);
}

function textSchema({ enum: values, minLength, maxLength }: ScalarType): z.ZodType {
  if (values) return z.enum(values.map(String));
  const plain = maxLength === undefined ? text() : text(maxLength);
  return minLength === undefined ? plain : plain.min(minLength);
}

/** How a schema is listed is lost with every further condition, so it is said again. */
function withLength(schema: z.ZodType, { minLength = 1, maxLength = Number.POSITIVE_INFINITY }: ScalarType): z.ZodType {
  if (minLength === 1 && maxLength === Number.POSITIVE_INFINITY) return schema;
  const listed = schema.meta();
  const limited = schema.refine(
    (value) => typeof value !== 'string' || (value.length >= minLength && value.length <= maxLength),
    { error: `expected ${minLength} to ${maxLength} characters` },
  );
  return listed ? limited.meta(listed) : limited;
}

function numberSchema(
  { enum: values, minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY }: ScalarType,
  type: (typeof NUMERIC)[number],
): z.ZodType {
  const error =
    values === undefined ? `expected a number${rangeOf(minimum, maximum)}` : `expected one of ${values.join(', ')}`;
  const plain = type === 'integer' ? z.int() : z.number();
  return plain
    .refine((value) => value >= minimum && value <= maximum && (values?.includes(value) ?? true), { error })
    .meta({
      listed: {
        type,
        ...(values && { enum: values }),
        ...(minimum !== Number.NEGATIVE_INFINITY && { minimum }),
        ...(maximum !== Number.POSITIVE_INFINITY && { maximum }),
      },
    });
}

function rangeOf(minimum: number, maximum: number): string {
  const from = minimum === Number.NEGATIVE_INFINITY ? '' : ` from ${minimum}`;
  return `${from}${maximum === Number.POSITIVE_INFINITY ? '' : ` up to ${maximum}`}`;
}
