import type { JsonObject } from '../../lib/json/json-value.ts';
import type { Path } from '../../providers/field.ts';
import {
  holderOf,
  isWithin,
  placeOf,
  toUserRecord,
  toVendorRecord,
  withoutValueAt,
} from '../../providers/interpret/record-shape.ts';
import type { Provider } from '../../providers/provider.ts';
import type { FieldChange } from './types.ts';

type ChangedField = Pick<FieldChange, 'field' | 'definition' | 'leaves'>;

/** Paths in the vendor's record of what it derives from the changed fields, except for what changes itself. */
export function derivedPaths(provider: Provider, changes: readonly ChangedField[]): Path[] {
  const derived = changes.flatMap(({ definition }) => definition.derives ?? []);
  if (derived.length === 0) return [];
  const changed = changes.flatMap(({ field, leaves }) =>
    leaves.map(({ path }) => ({ field, path: [...placeOf(provider, field), ...path.slice(1)] })),
  );
  return derived.filter((path) => {
    const holder = holderOf(provider, path);
    return !changed.some((leaf) => isWithin(leaf.path, path) || (leaf.field === holder && isWithin(path, leaf.path)));
  });
}

/** The user record without what the vendor derives from the changed fields: it is neither expected nor collateral. */
export function withoutDerived(provider: Provider, record: JsonObject, changes: readonly ChangedField[]): JsonObject {
  const derived = derivedPaths(provider, changes);
  if (derived.length === 0) return record;
  const vendorRecord = toVendorRecord(provider, record);
  const left = derived.reduce((rest, path) => withoutValueAt(rest, path), vendorRecord);
  return toUserRecord(provider, left);
}
