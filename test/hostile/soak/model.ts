import type { JsonRecord, JsonValue, Sandbox, VendorId } from '../../../src/sandbox/index.ts';
import type { Entry } from '../../../src/store/log/entry.ts';
import { samples } from '../../support/samples.ts';
import type { Wish } from './requests.ts';

/** What the vendors have to hold if the log tells the truth, kept apart from them. */

export interface ForeignEdit {
  vendor: VendorId;
  user: string;
  field: string;
  value: JsonValue;
}

export interface Model {
  held(vendor: VendorId, user: string): JsonRecord;
  /** Somebody else changed a record while nothing else went on. */
  edit(edit: ForeignEdit): void;
  /** Replays a round's closed entries and names every record that is not as they say. */
  settle(entries: readonly Entry[], wishes: ReadonlyMap<number, Wish>, foreign: readonly ForeignEdit[]): string[];
  /** What a change replaced, where only that change can have; for undoing it. */
  before(changeId: string): JsonRecord | undefined;
}

/** What vendors set by themselves with every write. */
const VOLATILE = Object.values(samples).flatMap(({ volatile }) => volatile);

export function modelOf(sandbox: Sandbox, callOf: (reason: string | undefined) => number): Model {
  const records = new Map<string, JsonRecord>();
  const befores = new Map<string, JsonRecord>();
  const keyOf = (vendor: VendorId, user: string) => `${vendor} ${user}`;
  const actual = (vendor: VendorId, user: string) => clean(sandbox.vendors[vendor].users.get(user) ?? {});
  for (const { id, users } of Object.values(sandbox.vendors)) {
    for (const user of users.keys()) records.set(keyOf(id, user), actual(id, user));
  }
  const held = (vendor: VendorId, user: string) => records.get(keyOf(vendor, user)) ?? {};

  /** The fields a change sets, and to what. Null: emptied. */
  function changesOf(record: JsonRecord, wish: Wish, entry: Entry): JsonRecord {
    const undone = wish.undoes === undefined ? undefined : (befores.get(wish.undoes) ?? {});
    const names = entry.body.fields.map(({ field }) => field.split('.')[0] ?? '');
    const changes = undone ? Object.fromEntries(names.map((name) => [name, undone[name] ?? null])) : wish.set;
    return {
      ...Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, merged(record[name], value)])),
      ...Object.fromEntries(wish.clear.map((name) => [name, null])),
    };
  }

  return {
    held,
    before: (changeId) => befores.get(changeId),
    edit({ vendor, user, field, value }) {
      records.set(keyOf(vendor, user), clean({ ...held(vendor, user), [field]: value }));
    },
    settle(entries, wishes, foreign) {
      const problems: string[] = [];
      /** The values a field may have where more than one thing happened to it. */
      const doubts = new Map<string, JsonRecord[]>();
      const doubt = (key: string, record: JsonRecord) => doubts.set(key, [...(doubts.get(key) ?? []), record]);
      const writes = new Map<string, number>();
      for (const entry of entries) {
        const wish = wishes.get(callOf(entry.body.reason));
        if (entry.kind !== 'closed' || entry.outcome === 'failed') continue;
        if (!wish) {
          problems.push(`change ${entry.changeId} belongs to no call: ${JSON.stringify(entry)}`);
          continue;
        }
        const key = keyOf(wish.vendor, wish.user);
        const record = held(wish.vendor, wish.user);
        const changes = changesOf(record, wish, entry);
        writes.set(key, (writes.get(key) ?? 0) + 1);
        if (entry.outcome !== 'updated') {
          doubt(key, changes);
          continue;
        }
        befores.set(entry.changeId, record);
        records.set(key, clean({ ...record, ...changes }));
        // What is set key by key stands on top of what may have been written before.
        for (const earlier of doubts.get(key) ?? []) {
          const both = Object.entries(wish.set).filter(([name, value]) => isObject(value) && isObject(earlier[name]));
          for (const [name, value] of both) doubt(key, { [name]: merged(earlier[name], value) });
        }
      }
      for (const { vendor, user, field, value } of foreign) {
        const key = keyOf(vendor, user);
        writes.set(key, (writes.get(key) ?? 0) + 1);
        doubt(key, { [field]: value });
        // Where a PUT replaces, what was read before their edit may have gone back over it.
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
          problems.push(`${key}: ${field} is ${stable(now[field])}, and by the log it is ${fitting.join(' or ')}`);
        }
        records.set(key, now);
      }
      // Where more than one thing happened to a person, what each replaced is not known for sure.
      for (const entry of entries) {
        const wish = wishes.get(callOf(entry.body.reason));
        if (wish && writes.get(keyOf(wish.vendor, wish.user)) !== 1) befores.delete(entry.changeId);
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

/** Empty is empty, however a vendor writes it. */
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
