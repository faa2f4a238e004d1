import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/lib/json/json-value.ts';
import { freeObject } from '../../../src/providers/schemas.ts';
import { takenKeys } from '../../../src/update/request/taken-keys.ts';
import { plainField, plainProvider } from '../../support/vendors/plain-provider.ts';

/** Custom fields beside declared ones, one of them a level further down, and an attribute that can only be read. */
const provider = plainProvider({
  fields: {
    title: plainField({ at: ['profile', 'title'] }),
    city: plainField({ at: ['profile', 'address', 'city'] }),
    realm: plainField(),
    profile: plainField({ schema: freeObject(), merge: { clear: 'null', reserved: ['login'] } }),
  },
  readOnly: { id: 'public', since: 'public' },
  readOnlyAt: { since: ['profile', 'since'] },
});
const faultsOf = (set: Record<string, Json>, clear: string[][] = []) =>
  takenKeys(provider, { set, clear }, (name) => name).map((fault) => fault());

describe('an open set', () => {
  it('takes any key that no other attribute has', () => {
    const profile = { badge: '7', titles: ['a'], address: { street: 'x' }, realm: 'y', nested: { title: 'z' } };
    expect(faultsOf({ profile, title: 'Head' }, [['profile', 'badge'], ['title']])).toEqual([]);
  });

  it.each<[string, Record<string, Json>, string]>([
    ['a field', { title: 'Head' }, 'set.profile.title: is the field title; name it by itself'],
    ['a field in other letters', { TITLE: 'Head' }, 'set.profile.TITLE: is the field title; name it by itself'],
    [
      'a field further down',
      { address: { city: 'X' } },
      'set.profile.address.city: is the field city; name it by itself',
    ],
    ['what holds a field', { address: 'X' }, 'set.profile.address: is the field city; name it by itself'],
    ['a list in its place', { address: [] }, 'set.profile.address: is the field city; name it by itself'],
    ['what the vendor reserves', { Login: 'eve' }, 'set.profile.Login: cannot be changed through profile'],
    ['what can only be read', { since: '2020' }, 'set.profile.since: cannot be changed through profile'],
  ])('does not reach %s', (_, profile, fault) => {
    expect(faultsOf({ profile })).toEqual([fault]);
  });

  it('does not empty one either, or what holds it', () => {
    expect(faultsOf({}, [['profile', 'title']])).toEqual([
      'clear: profile.title: is the field title; name it by itself',
    ]);
    expect(faultsOf({}, [['profile', 'address']])).toEqual([
      'clear: profile.address: is the field city; name it by itself',
    ]);
  });
});
