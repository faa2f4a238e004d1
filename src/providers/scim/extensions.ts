import type * as z from 'zod';
import { UsageError } from '../../errors.ts';
import { checkFieldTypes } from '../declared/checks/field-types.ts';
import { toField } from '../declared/convert/fields.ts';
import { field } from '../declared/format/fields.ts';
import { isForbiddenName } from '../declared/pointer.ts';
import type { Field } from '../field.ts';
import type { Provider } from '../provider.ts';
import { CORE } from './resource.ts';

/** A field of a schema extension, as a provider file describes one. Its place is the attribute of the extension. */
export const extensionField = () => field().omit({ pointer: true });

type Extensions = Readonly<Record<string, Readonly<Record<string, z.output<ReturnType<typeof extensionField>>>>>>;

/**
 * The fields of extensions, by the names of their attributes. Throws a UsageError for what a provider file may not say, and
 * for a name or a place that something else has: one could be set through the other.
 */
export function extensionFields(
  extensions: Extensions,
  provider: Pick<Provider, 'fields' | 'readOnly'>,
): Record<string, Field> {
  const faults = placeFaults(extensions, provider);
  const fields = Object.entries(extensions).flatMap(([urn, attributes]) => {
    checkFieldTypes({ file: { fields: attributes } }, (path, message) =>
      faults.push(`extensions.${[urn, ...path.slice(1)].join('.')}: ${message}`),
    );
    return Object.entries(attributes).map(([name, own]) => [name, { ...toField(name, own), at: [urn, name] }] as const);
  });
  if (faults[0] !== undefined) throw new UsageError(faults[0]);
  return Object.fromEntries(fields);
}

/** Names and URNs have no case (RFC 7643 section 2.1). */
function placeFaults(extensions: Extensions, { fields, readOnly }: Pick<Provider, 'fields' | 'readOnly'>): string[] {
  const faults: string[] = [];
  const names = new Set([...Object.keys(fields), ...Object.keys(readOnly)].map((name) => name.toLowerCase()));
  const places = new Set(Object.values(fields).flatMap(({ at = [] }) => keyOf(at.slice(0, 2))));
  const urns = new Set<string>();
  for (const [urn, attributes] of Object.entries(extensions)) {
    if (urn.toLowerCase() === CORE.toLowerCase()) faults.push(`extensions: ${urn} is no extension, but SCIM itself`);
    if (urns.has(urn.toLowerCase())) faults.push(`extensions: ${urn} is there twice, in different cases`);
    urns.add(urn.toLowerCase());
    for (const name of Object.keys(attributes)) {
      const at = keyOf([urn, name]);
      if (isForbiddenName(name)) faults.push(`extensions.${urn}: "${name}" cannot be a name`);
      else if (places.has(at)) faults.push(`extensions.${urn}: ${name} has another name as a field already`);
      else if (names.has(name.toLowerCase())) faults.push(`extensions: ${name} is the name of another attribute`);
      names.add(name.toLowerCase());
    }
  }
  return faults;
}

function keyOf(path: readonly string[]): string {
  return JSON.stringify(path).toLowerCase();
}
