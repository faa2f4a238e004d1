import { isObject, type Json, valueAt } from '../../lib/json/json-value.ts';
import type { Field, Warning } from '../field.ts';

/** The warning that applies to a change of a field; the first if several do. */
export function warningFor(
  { warnings }: Pick<Field, 'warnings'>,
  before: Json | undefined,
  after: Json | undefined,
): Warning | undefined {
  return warnings?.find(
    (warning) =>
      fits(warning.before, before) &&
      fits(warning.after, after) &&
      (warning.when !== 'domain_changes' || changesDomain(before, after)),
  );
}

interface WarnedChange {
  field: string;
  definition: Pick<Field, 'warnings'>;
  before?: Json | undefined;
  after?: Json | undefined;
}

/** The field whose change removes the user record at the vendor; undefined if none does. */
export function removingField(changes: readonly WarnedChange[]): string | undefined {
  return changes.find(({ definition, before, after }) => warningFor(definition, before, after)?.removesRecord)?.field;
}

function fits(values: readonly Json[] | undefined, value: Json | undefined): boolean {
  return values === undefined || values.includes(value ?? null);
}

/** Not for a first address: a domain that was not there is not lost. */
function changesDomain(before: Json | undefined, after: Json | undefined): boolean {
  const [old, target] = [domainOf(before), domainOf(after)];
  return old !== undefined && old !== target;
}

/** Of an address, or of the primary entry of a multi-valued attribute (RFC 7643 section 2.4). */
function domainOf(value: Json | undefined): string | undefined {
  const entries = Array.isArray(value) ? value.filter(isObject) : [];
  const primary = entries.find((entry) => entry['primary'] === true) ?? entries[0];
  const address = Array.isArray(value) ? valueAt(primary, ['value']) : value;
  return typeof address === 'string' ? address.split('@').at(-1)?.toLowerCase() : undefined;
}
