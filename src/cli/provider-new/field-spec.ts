import { isExact, isObject, type Json, type JsonObject } from '../../lib/json/json-value.ts';
import { openText } from '../../providers/declared/open-places.ts';
import { formatPointer } from '../../providers/declared/pointer.ts';
import type { Path } from '../../providers/field.ts';
import { guess, toWords } from './guesses.ts';
import { toFieldName } from './names.ts';
import type { Description } from './openapi/description.ts';
import { toShape, type ValueShape } from './openapi/schema.ts';

/** A field of the file: what the description says of it, and places left open for what it does not say. */
export function toFieldSpec(description: Description, path: Path, shape: ValueShape, readback: Readback): JsonObject {
  const { sensitivity, effect } = guess(path);
  const isSecret = sensitivity === 'secret' || shape.writeOnly || shape.format === 'password';
  const type = typeOf(shape);
  const clear = clearOf(shape, type, isSecret);
  return {
    ...placeSpec(path),
    ...typeSpec(description, shape, type),
    ...compareSpec(description, path, shape, type),
    sensitivity: openText(isSecret ? 'secret' : sensitivity),
    effect: openText(isSecret ? 'secret' : effect),
    ...(clear !== undefined && { clear }),
    ...(isSecret && readback !== 'shown' && { readback: false }),
    ...(!isSecret && readback === 'missing' && { readback: openText('false') }),
    ...(isPlain(shape.default) && { default: shape.default }),
  };
}

/** Whether the call that reads a user shows the value. */
export type Readback = 'shown' | 'missing' | 'unknown';

/** Where the vendor keeps it, unless its name says so. */
export function placeSpec(path: Path): JsonObject {
  const pointer = formatPointer(path);
  return pointer === `/${toFieldName(path.at(-1) ?? '')}` ? {} : { pointer };
}

/** A type as a provider file names it; undefined if the description does not say, or allows several. */
export function typeOf({ types, format, enum: listed }: ValueShape): string | undefined {
  const [type = listed?.every((value) => typeof value === 'string') ? 'string' : undefined, ...others] = types;
  if (others.length > 0)
    return others.length === 1 && types.has('number') && types.has('integer') ? 'number' : undefined;
  if (type === 'string') return (format !== undefined && Object.hasOwn(FORMATS, format) && FORMATS[format]) || 'text';
  return type !== undefined && Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
}

const TYPES: Readonly<Record<string, string>> = {
  boolean: 'boolean',
  integer: 'integer',
  number: 'number',
  array: 'list',
  object: 'object',
};

const FORMATS: Readonly<Record<string, string>> = {
  email: 'email',
  'idn-email': 'email',
  uri: 'url',
  url: 'url',
  date: 'date',
  'date-time': 'date-time',
};

/** Numbers of 64 bits are ids, whose every digit counts; in a list of them the order does not. */
function compareSpec(description: Description, path: Path, shape: ValueShape, type: string | undefined): JsonObject {
  const isId = ({ format }: ValueShape) => format === 'int64' || /\bids?$/.test(toWords(path.slice(-1)));
  if (type === 'integer') return isId(shape) ? { compare: 'id' } : {};
  const items = type === 'list' && shape.items !== undefined ? toShape(description, [shape.items]) : undefined;
  return items && typeOf(items) === 'integer' && isId(items) ? { compare: 'set' } : {};
}

/** What a provider file takes. */
const MAX_CHOICE = 128;
const MAX_CHOICES = 200;
const MAX_TEXT = 16_384;

/** Type, choices and limits. Deeper than a list of objects nothing is said. */
function typeSpec(description: Description, shape: ValueShape, type: string | undefined): JsonObject {
  const texts =
    shape.enum?.filter((value) => typeof value === 'string' && value !== '' && value.length <= MAX_CHOICE) ?? [];
  const isListed = texts.length > 0 && texts.length <= MAX_CHOICES && type === 'text';
  return {
    type: type ?? openText(shape.types.has('string') ? 'text' : undefined),
    ...(isListed && { enum: [...new Set(texts)] }),
    ...(!isListed && limitsFor(shape, type)),
    ...(type === 'list' && { items: itemSpec(description, shape.items) }),
  };
}

function itemSpec(description: Description, items: Json | undefined): JsonObject {
  const shape = toShape(description, items === undefined ? [] : [items]);
  const type = typeOf(shape) ?? (shape.properties.size > 0 ? 'object' : undefined);
  if (type !== 'object') return type === 'list' ? { type: openText() } : typeSpec(description, shape, type);
  const keys = [...shape.properties].flatMap(([key, schemas]): [string, Json][] => {
    const part = toShape(description, schemas);
    const kind = typeOf(part);
    const isScalar = kind !== undefined && kind !== 'list' && kind !== 'object';
    return isScalar && !part.readOnly ? [[key, typeSpec(description, part, kind)]] : [];
  });
  return { type, keys: keys.length > 0 ? Object.fromEntries(keys) : openText() };
}

function limitsFor({ limits }: ValueShape, type: string | undefined): JsonObject {
  const kept = Object.entries(limits).filter(([key, value]) => {
    const isLength = key === 'minLength' || key === 'maxLength';
    if (isLength) return type === 'text' && value > 0 && value <= MAX_TEXT;
    return type === 'integer' ? Number.isInteger(value) : type === 'number';
  });
  const found = Object.fromEntries(kept);
  const { minLength = 0, maxLength = MAX_TEXT, minimum = -Infinity, maximum = Infinity } = found;
  // Limits that nothing can keep are a mistake of the description.
  return minLength > maxLength || minimum > maximum ? {} : found;
}

/** What takes `null` is emptied with it. A choice, a switch and a secret are not emptied. */
function clearOf(
  { nullable, enum: listed }: ValueShape,
  type: string | undefined,
  isSecret: boolean,
): string | undefined {
  if (isSecret) return undefined;
  if (type === 'boolean') return undefined;
  if (nullable) return 'null';
  return listed ? undefined : openText();
}

function isPlain(value: Json | undefined): value is Json {
  return value !== undefined && !isExact(value) && !isObject(value) && value !== '';
}
