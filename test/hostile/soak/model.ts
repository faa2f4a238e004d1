import type { JsonRecord, JsonValue, Sandbox, VendorId } from '../../../src/sandbox/index.ts';
import type { Entry } from '../../../src/store/log/entry.ts';
import { placed } from '../../support/vendors/placed.ts';
import { samples } from '../../support/vendors/samples.ts';
import type { ForeignEdit } from './foreign-edits.ts';
import type { PlannedCall } from './planned-calls.ts';

/** What the vendors have to hold if the audit log is true, computed from its entries alone. */

export interface Model {
  held(vendor: VendorId, user: string): JsonRecord;
  /** Another client changed a record while no call was in flight. */
  edit(edit: ForeignEdit): void;
  /** Replays the closed entries of a round. Reports every field that differs at the vendor. */
  replay(entries: readonly Entry[], calls: ReadonlyMap<number, PlannedCall>, foreign: readonly ForeignEdit[]): string[];
  /** The record before a change, where no other change of the round touched it; needed to undo it. */
  before(changeId: string): JsonRecord | undefined;
}

/** Attributes that vendors change with every write. */
const VOLATILE = Object.values(samples).flatMap(({ volatile }) => volatile);

export function createModel(sandbox: Sandbox, callOf: (reason: string | undefined) => number): Model {
  const records = new Map<string, JsonRecord>();
  const befores = new Map<string, JsonRecord>();
  const keyOf = (vendor: VendorId, user: string) => `${vendor} ${user}`;
  const actual = (vendor: VendorId, user: string) =>
    clean(placed(samples[vendor], sandbox.vendors[vendor].users.get(user) ?? {}));
  for (const { id, users } of Object.values(sandbox.vendors)) {
    for (const user of users.keys()) records.set(keyOf(id, user), actual(id, user));
  }
  const held = (vendor: VendorId, user: string) => records.get(keyOf(vendor, user)) ?? {};

  /** The fields that a change sets; null where it empties them. */
  function changesOf(record: JsonRecord, planned: PlannedCall, entry: Entry): JsonRecord {
    const undone = planned.undoes === undefined ? undefined : (befores.get(planned.undoes) ?? {});
    const names = entry.body.fields.map(({ field }) => field.split('.')[0] ?? '');
    const changes = undone ? Object.fromEntries(names.map((name) => [name, undone[name] ?? null])) : planned.set;
    return {
      ...Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, merged(record[name], value)])),
      ...Object.fromEntries(planned.clear.map((name) => [name, null])),
    };
  }

  return {
    held,
    before: (changeId) => befores.get(changeId),
    edit({ vendor, user, field, value }) {
      records.set(keyOf(vendor, user), clean({ ...held(vendor, user), [field]: value }));
    },
    replay(entries, calls, foreign) {
      const problems: string[] = [];
      /** The values that a field may have instead, after an uncertain write. */
      const doubts = new Map<string, JsonRecord[]>();
      const doubt = (key: string, record: JsonRecord) => doubts.set(key, [...(doubts.get(key) ?? []), record]);
      const writes = new Map<string, number>();
      for (const entry of entries) {
        const planned = calls.get(callOf(entry.body.reason));
        if (entry.kind !== 'closed' || entry.outcome === 'failed') continue;
        if (!planned) {
          problems.push(`change ${entry.changeId} belongs to no call: ${JSON.stringify(entry)}`);
          continue;
        }
        const key = keyOf(planned.vendor, planned.user);
        const record = held(planned.vendor, planned.user);
        const changes = changesOf(record, planned, entry);
        writes.set(key, (writes.get(key) ?? 0) + 1);
        if (entry.outcome !== 'updated') {
          doubt(key, changes);
          continue;
        }
        befores.set(entry.changeId, record);
        records.set(key, clean({ ...record, ...changes }));
        // Keys set one by one are merged into whatever an uncertain write may have left.
        for (const earlier of doubts.get(key) ?? []) {
          const both = Object.entries(planned.set).filter(
            ([name, value]) => isObject(value) && isObject(earlier[name]),
          );
          for (const [name, value] of both) doubt(key, { [name]: merged(earlier[name], value) });
        }
      }
      for (const { vendor, user, field, value } of foreign) {
        const key = keyOf(vendor, user);
        writes.set(key, (writes.get(key) ?? 0) + 1);
        doubt(key, { [field]: value });
        // Where a PUT replaces the record, it may have overwritten the edit with what was read before.
        doubt(key, { [field]: held(vendor, user)[field] ?? null });
      }
      for (const [key, record] of records) {
        const [vendor, user] = key.split(' ') as [VendorId, string];
        const now = actual(vendor, user);
        for (const field of new Set([...Object.keys(record), ...Object.keys(now)])) {
          const fitting = [record, ...(doubts.get(key) ?? []).filter((each) => field in each)].map((each) =>
            stable(each[field]),
          );
          if (fitting.includes(stable(now[field]))) continue;
          problems.push(`${key}: ${field} is ${stable(now[field])}, by the audit log ${fitting.join(' or ')}`);
        }
        records.set(key, now);
      }
      // With several writes to one record, it is uncertain what each of them replaced.
      for (const entry of entries) {
        const planned = calls.get(callOf(entry.body.reason));
        if (planned && writes.get(keyOf(planned.vendor, planned.user)) !== 1) befores.delete(entry.changeId);
      }
      return problems;
    },
  };
}

function isObject(value: JsonValue | undefined): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function merged(old: JsonValue | undefined, value: JsonValue): JsonValue {
  return isObject(value) && isObject(old) ? { ...old, ...value } : value;
}

/** Drops what is empty, however the vendor writes it. */
function clean(record: JsonRecord): JsonRecord {
  const entries = Object.entries(record).filter(
    ([name, value]) => !VOLATILE.includes(name) && value !== null && value !== '',
  );
  return structuredClone(Object.fromEntries(entries));
}

function stable(value: JsonValue | undefined): string {
  if (value === undefined || value === null || value === '') return 'empty';
  return JSON.stringify(value, (_, part: JsonValue) => {
    if (typeof part === 'bigint') return `${part}n`;
    return isObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part;
  });
}
