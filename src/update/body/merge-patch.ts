import type { JsonObject } from '../../lib/json/json-value.ts';
import { placeOf, toVendorRecord, withValueAt } from '../../providers/interpret/record-shape.ts';
import type { FieldChange, LeafChange } from '../plan/types.ts';
import type { Encoder } from './encoder.ts';
import { echoedFields, emptied } from './parts.ts';

/**
 * The leaves that change, each at its place (RFC 7396): a key that is not named keeps its value, and `null` removes one. An
 * object that is not changed key by key is sent whole, without what the old one had besides, which is set to `null`.
 */
export const mergePatchBody: Encoder = ({ provider, write, record, changes }) => {
  const start = toVendorRecord(provider, echoedFields(write, record, changes));
  return changes.reduce((body, change) => {
    const place = placeOf(provider, change.field);
    return leavesOf(change).reduce((patched, { path, after }) => {
      const value = after === undefined ? (emptied(change.definition) ?? null) : after;
      return withValueAt(patched, [...place, ...path.slice(1)], value);
    }, body);
  }, start as JsonObject);
};

/** A field that is not changed key by key is one leaf with its whole value, as the plan writes it. */
function leavesOf({ field, definition, after, leaves }: FieldChange): readonly Pick<LeafChange, 'path' | 'after'>[] {
  return definition.merge ? leaves : [{ path: [field], after }];
}
