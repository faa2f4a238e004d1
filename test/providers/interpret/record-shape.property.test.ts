import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/lib/json/json.ts';
import type { JsonObject } from '../../../src/lib/json/json-value.ts';
import { asRead, toUserRecord, toVendorRecord } from '../../../src/providers/interpret/record-shape.ts';
import { deepFreeze } from '../../support/pipeline/requests.ts';
import { fieldsAt, placedRecord, places } from '../../support/text/placed-records.ts';
import { plainField } from '../../support/vendors/plain-provider.ts';

const runs = { numRuns: 3000 };

describe('the form of a user record', () => {
  it('restores the vendor’s exactly, whatever is in it and wherever attributes are', () => {
    fc.assert(
      fc.property(places, fc.integer({ min: 0, max: 6 }), placedRecord, (map, split, record) => {
        const [writable, readOnly] = [new Map([...map].slice(0, split)), new Map([...map].slice(split))];
        const provider = { fields: fieldsAt(writable), readOnlyAt: Object.fromEntries(readOnly) };
        const user = toUserRecord(provider, deepFreeze(record));
        expect(canonicalJson(toVendorRecord(provider, user))).toBe(canonicalJson(record));
      }),
      runs,
    );
  });

  it('has each attribute under its name, and no longer at its place', () => {
    fc.assert(
      fc.property(places, placedRecord, (map, record) => {
        const provider = { fields: fieldsAt(map) };
        const user = toUserRecord(provider, deepFreeze(record));
        const names = [...map.keys()].filter((name) => Object.hasOwn(user, name));
        const moved = toUserRecord(provider, toVendorRecord(provider, user));
        expect(canonicalJson(moved)).toBe(canonicalJson(user));
        const only = Object.fromEntries(names.map((name) => [name, user[name]])) as JsonObject;
        const rest = Object.fromEntries(Object.entries(user).filter(([name]) => !names.includes(name))) as JsonObject;
        // What is left has nothing at any place but what was there in place of an object.
        expect(
          Object.keys(toUserRecord(provider, toVendorRecord(provider, rest))).filter((name) => map.has(name)),
        ).toEqual([]);
        expect(canonicalJson({ ...rest, ...only })).toBe(canonicalJson(user));
      }),
      runs,
    );
  });

  it('is as it would be read, also after a change', () => {
    fc.assert(
      fc.property(places, placedRecord, placedRecord, (map, record, changed) => {
        const provider = { fields: fieldsAt(map) };
        const known = Object.entries(changed).filter(([name]) => map.has(name));
        const user = { ...toUserRecord(provider, record), ...Object.fromEntries(known) };
        const read = asRead(provider, user);
        expect(canonicalJson(asRead(provider, read))).toBe(canonicalJson(read));
      }),
      runs,
    );
  });
});

it('what remains of an open set without the attributes in it is no value of it, if nothing remains', () => {
  const provider = {
    fields: { title: plainField({ at: ['profile', 'title'] }), custom: plainField({ at: ['profile'] }) },
  };
  expect(toUserRecord(provider, { profile: { title: 'CEO', x: 1 } })).toEqual({ title: 'CEO', custom: { x: 1 } });
  expect(toUserRecord(provider, { profile: { title: 'CEO' } })).toEqual({ title: 'CEO', profile: {} });
  expect(toUserRecord(provider, { profile: {} })).toEqual({ profile: {} });
  expect(toUserRecord(provider, { profile: null })).toEqual({ custom: null });
  expect(asRead(provider, { title: 'CEO', custom: {} })).toEqual({ title: 'CEO', profile: {} });
  expect(toUserRecord({ fields: { custom: plainField({ at: ['profile'] }) } }, { profile: {} })).toEqual({
    custom: {},
  });
});
