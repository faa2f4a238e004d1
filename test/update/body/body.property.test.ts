import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import { formatPath } from '../../../src/lib/json/field-path.ts';
import { canonicalJson } from '../../../src/lib/json/json.ts';
import { isObject, type Json, type JsonObject, valueAt } from '../../../src/lib/json/json-value.ts';
import type { RecordWrite } from '../../../src/providers/calls.ts';
import type { Field, Path } from '../../../src/providers/field.ts';
import {
  placeOf,
  toUserRecord,
  toVendorRecord,
  withoutValueAt,
} from '../../../src/providers/interpret/record-shape.ts';
import type { Provider } from '../../../src/providers/provider.ts';
import { createPlan } from '../../../src/update/plan/plan.ts';
import type { Plan } from '../../../src/update/plan/types.ts';
import { deepFreeze, type PlainRequest, requestFor } from '../../support/pipeline/requests.ts';
import { applyMergePatch } from '../../support/text/merge-patch.ts';
import { placedValue } from '../../support/text/placed-records.ts';
import { plainField, plainProvider } from '../../support/vendors/plain-provider.ts';

/** Bodies for user records whose attributes are in each other, beside unknown ones, and of any kind. */

const fields: Record<string, Field> = {
  title: plainField({ clear: 'null' }),
  given: plainField({
    at: ['profile', 'given'],
    clear: 'null',
    derives: [
      ['profile', 'shown'],
      ['c', 'derived'],
    ],
  }),
  shown: plainField({ at: ['profile', 'shown'], clear: 'null' }),
  badge: plainField({ at: ['profile', 'badge'], clear: 'null' }),
  address: plainField({ clear: 'null' }),
  parts: plainField({ at: ['c', 'parts'], clear: 'null', merge: { keys: ['a', 'b'], clear: 'null' } }),
  tags: plainField({ at: ['profile', 'b', 'tags'], clear: 'null' }),
  custom: plainField({ at: ['profile'], clear: 'null', merge: { clear: 'null' } }),
  extra: plainField({ at: ['a', 'b'], clear: 'null', merge: { clear: 'null' } }),
};
const OPEN = ['custom', 'extra', 'parts'];

/** Some value at each place, or none, and anything beside them. */
const record: fc.Arbitrary<JsonObject> = fc
  .record(
    {
      id: fc.constant('1'),
      title: placedValue,
      address: placedValue,
      a: placedValue,
      c: fc.oneof(
        placedValue,
        fc.record({ parts: placedValue, derived: placedValue, b: placedValue }, { requiredKeys: [] }),
      ),
      profile: fc.oneof(
        { weight: 1, arbitrary: placedValue },
        {
          weight: 6,
          arbitrary: fc.record(
            { given: placedValue, shown: placedValue, badge: placedValue, a: placedValue, b: placedValue },
            { requiredKeys: [] },
          ),
        },
      ),
    },
    { requiredKeys: ['id'] },
  )
  .map((made) => made as JsonObject);

const names = Object.keys(fields);
const request: fc.Arbitrary<PlainRequest> = fc
  .record({
    set: fc.uniqueArray(fc.tuple(fc.constantFrom(...names), placedValue), { selector: ([name]) => name, maxLength: 4 }),
    clear: fc.array(
      fc.constantFrom(
        ...names,
        ...OPEN.flatMap((name) => ['a', 'b', '__proto__'].map((key) => formatPath([name, key]))),
      ),
      { maxLength: 3 },
    ),
  })
  .map(({ set, clear }) => {
    // Arguments have no null; in an object with known keys, it would be the same as none.
    const isGiven = (value: Json) => value !== null && value !== '';
    const given = set
      .filter(([name, value]) => isGiven(value) && (!OPEN.includes(name) || isObject(value)))
      .map(([name, value]): [string, Json] => {
        if (name !== 'parts' || !isObject(value)) return [name, value];
        return [name, Object.fromEntries(Object.entries(value).filter(([, member]) => isGiven(member)))];
      });
    return {
      set: Object.fromEntries(given),
      clear: clear.filter((path) => !given.some(([name]) => path.startsWith(name))),
    };
  });

function providerWith(write: Partial<RecordWrite>): Provider {
  return plainProvider({ fields, write: { path: '/', method: 'PATCH', encoding: 'merge', ...write } });
}

/** The plan, or undefined where it was refused. */
function planOf(provider: Provider, vendorRecord: JsonObject, asked: PlainRequest): Plan | undefined {
  const user = toUserRecord(provider, deepFreeze(vendorRecord));
  try {
    return createPlan(provider, requestFor(asked), { record: user }, new Set());
  } catch (error) {
    if (error instanceof AppError && ['invalid_input', 'upstream_rejected'].includes(error.code)) return undefined;
    throw error;
  }
}

/** Without objects that are there for what is in them. */
function withoutEmptyContainers(vendorRecord: JsonObject): JsonObject {
  const containers = names.flatMap((name) => {
    const place = placeOf({ fields }, name);
    return place.map((_, at) => place.slice(0, at + 1));
  });
  return [...containers]
    .sort((one, other) => other.length - one.length)
    .reduce((rest, path) => {
      const held = valueAt(rest, path);
      return isObject(held) && Object.keys(held).length === 0 ? withoutValueAt(rest, path) : rest;
    }, vendorRecord);
}

const plain = (value: Json | undefined) => canonicalJson(isObject(value) ? withoutEmptyContainers(value) : value);

/** What the vendor derives from the fields that change. */
function derivedBy(provider: Provider, plan: Plan): Path[] {
  const changed = plan.changes.map(({ field }) => JSON.stringify(placeOf(provider, field)));
  return plan.changes
    .flatMap(({ definition }) => definition.derives ?? [])
    .filter((path) => !changed.includes(JSON.stringify(path)));
}

const without = (value: JsonObject, paths: readonly Path[]) =>
  paths.reduce((rest, path) => withoutValueAt(rest, path), value);

const runs = { numRuns: 3000 };

describe('a merge patch', () => {
  const provider = providerWith({ encoding: 'merge-patch' });

  it('leads exactly to the record that was planned', () => {
    let planned = 0;
    fc.assert(
      fc.property(record, request, (before, asked) => {
        const plan = planOf(provider, before, asked);
        if (!plan || plan.changes.length === 0) return;
        planned += 1;
        const derived = derivedBy(provider, plan);
        const after = applyMergePatch(before, plan.body) as JsonObject;
        expect(plain(without(after, derived))).toBe(plain(without(toVendorRecord(provider, plan.expected), derived)));
      }),
      runs,
    );
    expect(planned).toBeGreaterThan(500);
  });

  it('names nothing that does not change', () => {
    fc.assert(
      fc.property(record, request, (before, asked) => {
        const plan = planOf(provider, before, asked);
        if (!plan) return;
        const changed = plan.changes.map(({ field }) => placeOf(provider, field));
        for (const path of leavesIn(plan.body)) {
          expect(changed.some((place) => place.every((key, at) => path[at] === key))).toBe(true);
        }
      }),
      runs,
    );
  });
});

describe('a replacing body', () => {
  it('with the whole record is the record that was planned', () => {
    const provider = providerWith({ encoding: 'replace', carry: 'record', withhold: [['id'], ['a', 'c']] });
    fc.assert(
      fc.property(record, request, (before, asked) => {
        const plan = planOf(provider, before, asked);
        if (!plan || plan.changes.length === 0) return;
        const left = [['id'], ['a', 'c'], ...derivedBy(provider, plan)];
        const expected = without(toVendorRecord(provider, plan.expected), left);
        expect(canonicalJson(withoutEmptied(plan, provider, plan.body))).toBe(
          canonicalJson(withoutEmptied(plan, provider, expected)),
        );
      }),
      runs,
    );
  });

  it('with pointers has what is at them as it is to be, what changes, and nothing else', () => {
    const carry = [['profile'], ['a', 'b'], ['address'], ['nothing', 'there']];
    const provider = providerWith({ encoding: 'replace', carry });
    fc.assert(
      fc.property(record, request, (before, asked) => {
        const plan = planOf(provider, before, asked);
        if (!plan || plan.changes.length === 0) return;
        const derived = derivedBy(provider, plan);
        const expected = withoutEmptied(plan, provider, without(toVendorRecord(provider, plan.expected), derived));
        const body = withoutEmptied(plan, provider, plan.body);
        for (const path of carry) {
          expect(plain(valueAt(body, path) ?? null)).toBe(plain(valueAt(expected, path) ?? null));
        }
        const places = [...carry, ...plan.changes.map(({ field }) => placeOf(provider, field))];
        for (const path of leavesIn(body)) {
          expect(places.some((place) => place.every((key, at) => path[at] === key))).toBe(true);
        }
      }),
      runs,
    );
  });
});

/** Without the nulls that empty a field of the plan, and containers without anything in them. */
function withoutEmptied(plan: Plan, provider: Provider, body: JsonObject): JsonObject {
  const cleared = plan.changes.filter(({ after }) => after === undefined).map(({ field }) => placeOf(provider, field));
  const emptied = cleared.filter((path) => valueAt(body, path) === null);
  return withoutEmptyContainers(without(body, emptied));
}

/** The paths of all members that are no objects with members. */
function leavesIn(value: Json, path: Path = []): Path[] {
  if (!isObject(value) || Object.keys(value).length === 0) return path.length === 0 ? [] : [path];
  return Object.entries(value).flatMap(([key, member]) => leavesIn(member, [...path, key]));
}
