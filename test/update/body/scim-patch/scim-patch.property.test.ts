import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/errors.ts';
import { canonicalJson } from '../../../../src/lib/json/json.ts';
import { isObject, type Json, type JsonObject, valueAt } from '../../../../src/lib/json/json-value.ts';
import { placeOf, toUserRecord, toVendorRecord } from '../../../../src/providers/interpret/record-shape.ts';
import { CORE, ENTERPRISE } from '../../../../src/providers/scim/resource.ts';
import type { JsonRecord } from '../../../../src/sandbox/json.ts';
import { applyOperations } from '../../../../src/sandbox/vendors/scim/patch/apply.ts';
import { readOperations } from '../../../../src/sandbox/vendors/scim/patch/operations.ts';
import { createPlan } from '../../../../src/update/plan/plan.ts';
import type { Plan } from '../../../../src/update/plan/types.ts';
import { deepFreeze, type PlainRequest, requestFor } from '../../../support/pipeline/requests.ts';
import { scimPatching } from '../../../support/scim/patching.ts';

/** What the sandbox's own reading of RFC 7644 makes of a record, and what was planned. */

const LOCKER = 'urn:acme:params:scim:schemas:extension:locker:1.0:User';
const WORDS = ['title', 'userType', 'displayName'];
const LISTS = ['emails', 'phoneNumbers', 'roles'];
const IN_ENTERPRISE = ['department', 'costCenter', 'manager'];

const word = fc.constantFrom('a', 'A', 'b', 'it\'s "b"', 'c\\', '');
const someWord = word.filter((text) => text !== '');
const name = fc.record({ givenName: someWord, familyName: someWord, middleName: someWord }, { requiredKeys: [] });
const kind = fc.constantFrom('work', 'Work', 'home', 'a "b" \\');

const entry = (value: fc.Arbitrary<string>, shown: boolean) =>
  fc.record(
    { value, type: kind, primary: fc.boolean(), ...(shown && { display: someWord, $ref: someWord }) },
    { requiredKeys: ['value'] },
  );

/** Lists with at most one primary entry, and no entry twice. */
const list = (shown: boolean) =>
  fc
    .uniqueArray(entry(someWord, shown), { minLength: 1, maxLength: 4, selector: (one) => plain([one as Json]) })
    .filter((entries) => entries.filter(({ primary }) => primary === true).length <= 1);

const record: fc.Arbitrary<JsonObject> = fc
  .record(
    {
      schemas: fc.constant<Json>([CORE, ENTERPRISE, LOCKER]),
      id: fc.constant('1'),
      userName: fc.constant('jane'),
      active: fc.boolean(),
      loginCount: fc.constant(9_223_372_036_854_775_807n),
      name,
      ...Object.fromEntries(WORDS.map((key) => [key, word])),
      ...Object.fromEntries(LISTS.map((key) => [key, list(true)])),
      [ENTERPRISE]: fc.record(
        {
          department: someWord,
          costCenter: someWord,
          division: someWord,
          manager: fc.record({ value: someWord, displayName: someWord, $ref: someWord }, { requiredKeys: ['value'] }),
        },
        { requiredKeys: [] },
      ),
      [LOCKER]: fc.constant({ locker: 17, keys: { first: 'A', second: null } }),
    },
    { requiredKeys: ['schemas', 'id', 'userName'] },
  )
  .map((made) => made as JsonObject);

const request: fc.Arbitrary<PlainRequest> = fc
  .record({
    set: fc.record(
      {
        userName: fc.constantFrom('jane', 'Jane', 'janet'),
        active: fc.boolean(),
        name,
        ...Object.fromEntries([...WORDS, ...IN_ENTERPRISE].map((key) => [key, someWord])),
        ...Object.fromEntries(LISTS.map((key) => [key, list(false)])),
      },
      { requiredKeys: [] },
    ),
    clear: fc.subarray([...WORDS, ...LISTS, ...IN_ENTERPRISE, 'name', 'name.givenName', 'name.middleName']),
    keep: fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
  })
  .map(({ set, clear, keep }) => {
    const kept = Object.entries(set as JsonObject).filter((_, nth) => keep[nth] ?? false);
    const cleared = clear.filter((path, nth) => keep[nth + 10] && !kept.some(([key]) => path.startsWith(key)));
    return {
      set: Object.fromEntries(kept),
      clear: cleared.filter((path) => !cleared.includes(path.split('.')[0] ?? '') || !path.includes('.')),
    };
  });

describe.each(['path', 'object', 'whole'] as const)('the operations of style %s', (patchStyle) => {
  const provider = scimPatching({ patchStyle: 'path' });
  const styled = { ...provider, write: { ...provider.write, patchStyle } };

  function planOf(before: JsonObject, asked: PlainRequest): Plan | undefined {
    try {
      return createPlan(styled, requestFor(asked), { record: toUserRecord(styled, before) }, new Set());
    } catch (error) {
      if (error instanceof AppError && error.code === 'invalid_input') return undefined;
      throw error;
    }
  }

  it('make of the record exactly what was planned, and leave everything else', () => {
    let planned = 0;
    fc.assert(
      fc.property(record, request, (before, asked) => {
        const plan = planOf(deepFreeze(before), asked);
        if (!plan || plan.changes.length === 0) return;
        planned += 1;
        const after = applyOperations(before as JsonRecord, readOperations(plan.body as JsonRecord)) as JsonObject;
        const expected = toVendorRecord(styled, plan.expected);
        const changed = plan.changes.map(({ field }) => placeOf(styled, field));
        for (const [key, value] of leavesIn(before)) {
          const path = JSON.parse(key) as string[];
          if (path[0] === 'schemas' || changed.some((place) => isWithin(path, place))) continue;
          if (derived(plan).some((place) => isWithin(path, place))) continue;
          expect(canonicalJson(valueAt(after, path)), key).toBe(canonicalJson(value));
        }
        for (const place of changed) {
          expect(plain(valueAt(after, place)), place.join()).toBe(plain(valueAt(expected, place)));
        }
        const known = new Set([...Object.keys(before), ...changed.map(([head]) => head)]);
        expect(Object.keys(after).filter((key) => !known.has(key))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
    expect(planned).toBeGreaterThan(500);
  });
});

const derived = (plan: Plan) => plan.changes.flatMap(({ definition }) => definition.derives ?? []);

function isWithin(path: readonly string[], place: readonly string[]): boolean {
  return place.every((key, at) => path[at] === key);
}

/** Lists are leaves. */
function leavesIn(value: JsonObject, path: readonly string[] = []): [path: string, value: Json][] {
  return Object.entries(value).flatMap(([key, member]) =>
    isObject(member) ? leavesIn(member, [...path, key]) : [[JSON.stringify([...path, key]), member] as [string, Json]],
  );
}

/** Lists in any order; `primary: false` is the same as none, and what a service shows of a value is its own. */
function plain(value: Json | undefined): string {
  if (value === undefined || (isObject(value) && Object.keys(value).length === 0)) return 'nothing';
  if (!Array.isArray(value)) return canonicalJson(value);
  const entries = value
    .filter(isObject)
    .map(({ display: _, $ref: __, primary, ...entry }) =>
      canonicalJson({ ...entry, ...(primary === true && { primary }) }),
    );
  return JSON.stringify(entries.sort());
}
