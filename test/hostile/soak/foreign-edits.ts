import type { JsonRecord, JsonValue, Sandbox, VendorId } from '../../../src/sandbox/index.ts';
import { putAt } from '../../support/vendors/placed.ts';
import { samples } from '../../support/vendors/samples.ts';
import type { Model } from './model.ts';
import { FIELDS, valuesOf } from './planned-calls.ts';
import type { Random } from './random.ts';

/** A change of a record by another client of the vendor. */
export interface ForeignEdit {
  vendor: VendorId;
  user: string;
  field: string;
  value: JsonValue;
}

/** An edit of a plain field; `call` numbers its value. */
export function pickEdit(vendor: VendorId, user: string, call: number, random: Random): ForeignEdit {
  const field = random.pick(FIELDS[vendor].filter(({ merged, secret }) => !merged && !secret));
  return { vendor, user, field: field.name, value: field.value(valuesOf(call, random)) };
}

export async function editAtVendor({ url }: Sandbox, { vendor, user, field, value }: ForeignEdit): Promise<void> {
  const patch: JsonRecord = {};
  putAt(patch, samples[vendor].place?.(field) ?? [field], value);
  const response = await fetch(`${url}/_sandbox/users/${vendor}/${user}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(patch),
  });
  if (!response.ok) throw new Error(`the edit was refused: ${await response.text()}`);
}

/** The edits that the sandbox made by a fault since the model was last in step. */
export function editsOfFaults({ vendors }: Sandbox, model: Model): ForeignEdit[] {
  const field = 'x_foreign';
  return Object.values(vendors).flatMap(({ id, users }) =>
    [...users].flatMap(([user, record]): ForeignEdit[] => {
      const value = record[field];
      const isNew = value !== undefined && value !== model.held(id, user)[field];
      return isNew ? [{ vendor: id, user, field, value }] : [];
    }),
  );
}
