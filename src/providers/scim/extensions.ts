import type * as z from 'zod';
import { UsageError } from '../../errors.ts';
import { checkFieldTypes } from '../declared/checks/field-types.ts';
import { toField } from '../declared/convert/fields.ts';
import { field } from '../declared/format/fields.ts';
import type { Field } from '../field.ts';

/** A field of a schema extension, as a provider file describes one. Its place is the attribute of the extension. */
export const extensionField = () => field().omit({ pointer: true });

type Extensions = Readonly<Record<string, Readonly<Record<string, z.output<ReturnType<typeof extensionField>>>>>>;

/** The fields of extensions, by the names of their attributes. Throws a UsageError for what a provider file may not say. */
export function extensionFields(extensions: Extensions): Record<string, Field> {
  const faults: string[] = [];
  const fields = Object.entries(extensions).flatMap(([urn, attributes]) => {
    checkFieldTypes({ file: { fields: attributes } }, (path, message) =>
      faults.push(`extensions.${[urn, ...path.slice(1)].join('.')}: ${message}`),
    );
    return Object.entries(attributes).map(([name, own]) => [name, { ...toField(name, own), at: [urn, name] }] as const);
  });
  if (faults[0] !== undefined) throw new UsageError(faults[0]);
  return Object.fromEntries(fields);
}
