import { type Json, type JsonObject, valueAt } from '../../lib/json/json-value.ts';
import type { RecordWrite } from '../../providers/calls.ts';
import type { ClearBy, Field } from '../../providers/field.ts';
import { isEmpty } from '../plan/compare.ts';
import type { FieldChange } from '../plan/types.ts';

/** The new values of the fields that change, by name. */
export function changedValues(changes: readonly FieldChange[]): Record<string, Json | undefined> {
  return Object.fromEntries(
    changes.map(({ field, definition, after }) => [field, after === undefined ? emptied(definition) : after]),
  );
}

/** What is sent for an emptied field; undefined if it is left out. */
export function emptied(field: Field): Json | undefined {
  return field.clear && EMPTY[field.clear];
}

const EMPTY: Readonly<Record<ClearBy, Json | undefined>> = { omit: undefined, null: null, empty: '', 'empty-list': [] };

/** The fields that are sent along with these changes, as read. One that the record does not show cannot be. */
export function echoedFields(
  { echo = {} }: Pick<RecordWrite, 'echo'>,
  record: JsonObject,
  changes: readonly FieldChange[],
): JsonObject {
  const changed = new Set(changes.map(({ field }) => field));
  const echoed = Object.entries(echo).flatMap(([field, { with: others }]) => {
    const value = valueAt(record, [field]);
    const applies = others === undefined || others.some((other) => changed.has(other));
    return applies && value !== undefined && value !== null ? [[field, value] as const] : [];
  });
  return Object.fromEntries(echoed);
}

/** The fields that a write has to send along, and the record does not show. */
export function missingEchoes(
  { echo = {} }: Pick<RecordWrite, 'echo'>,
  record: JsonObject,
  changes: readonly FieldChange[],
): string[] {
  const changed = new Set(changes.map(({ field }) => field));
  return Object.keys(echo).filter(
    (field) => echo[field]?.required && !changed.has(field) && isEmpty(valueAt(record, [field])),
  );
}

export function compact(body: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(body).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}
