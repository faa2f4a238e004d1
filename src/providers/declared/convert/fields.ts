import type { Json } from '../../../lib/json/json-value.ts';
import type { Field, Sensitivity, Warning } from '../../field.ts';
import { freeObject } from '../../schemas.ts';
import type { FileField, ProviderFile } from '../format/file.ts';
import { parsePointer } from '../pointer.ts';
import { valueSchema } from './values.ts';

type OpenFields = NonNullable<ProviderFile['openFields']>;

/** The fields of a provider: those of the file, then one for each open set, with what its container has besides. */
/** A field of a provider, from what a file says of it. */
export function toFields({ fields, openFields = {} }: ProviderFile): Record<string, Field> {
  return Object.fromEntries([
    ...Object.entries(fields).map(([name, field]) => [name, toField(name, field)] as const),
    ...Object.entries(openFields).map(([name, set]) => [name, toOpenSet(name, set)] as const),
  ]);
}

/** A field of a provider, from what a file says of it. */
export function toField(name: string, field: FileField): Field {
  const { sensitivity, effect, clear, compare, readback, refers, derives, warnings, type, keys, items } = field;
  const parts = keys ?? items?.keys;
  const usual = type === 'date-time' ? 'instant' : undefined;
  const compared = compare ?? usual;
  return {
    schema: valueSchema(field),
    sensitivity,
    effect,
    ...at(name, field.pointer),
    ...(clear && !keys && { clear }),
    ...(compared && { compare: compared }),
    ...(readback === false && { readback }),
    ...(refers && { refers }),
    ...(keys && { merge: { keys: Object.keys(keys), ...(clear && { clear }) } }),
    ...(parts && { parts: toParts(parts, sensitivity) }),
    ...(derives && { derives: derives.map(parsePointer) }),
    ...(warnings && { warnings: warnings.map(toWarning) }),
  };
}

function toOpenSet(
  name: string,
  { pointer, sensitivity, effect, clear, reserved, warnings }: OpenFields[string],
): Field {
  return {
    schema: freeObject(),
    sensitivity,
    effect,
    ...at(name, pointer),
    merge: { ...(clear && { clear }), ...(reserved && { reserved }) },
    ...(warnings && { warnings: warnings.map(toWarning) }),
  };
}

/** Nothing for an attribute that is at the top under its own name anyway. */
export function at(name: string, pointer: string | undefined): { at?: readonly string[] } {
  return pointer === undefined || pointer === `/${name}` ? {} : { at: parsePointer(pointer) };
}

function toParts(keys: NonNullable<FileField['keys']>, whole: Sensitivity): Record<string, Sensitivity> {
  return Object.fromEntries(Object.entries(keys).map(([key, { sensitivity }]) => [key, sensitivity ?? whole]));
}

function toWarning({
  before,
  after,
  when,
  says,
  headline,
  removesRecord,
}: NonNullable<FileField['warnings']>[number]): Warning {
  return {
    ...(before && { before: before as readonly Json[] }),
    ...(after && { after: after as readonly Json[] }),
    ...(when && { when }),
    ...(says !== undefined && { says }),
    ...(headline && { headline }),
    ...(removesRecord && { removesRecord }),
  };
}
