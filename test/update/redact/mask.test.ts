import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/lib/json/json-value.ts';
import type { Audience } from '../../../src/lib/json/redacted.ts';
import { mask, SECRET } from '../../../src/update/redact/mask.ts';
import { sensitiveValues } from '../../../src/update/redact/sensitive.ts';
import { viewRecord, viewValue } from '../../../src/update/redact/view.ts';
import { providerOf } from '../../support/requests.ts';

describe('a masked value', () => {
  it.each<[Json | undefined, Json]>([
    ['jane.doe@acme.com', 'j•••@acme.com'],
    ['j@acme.com', 'j•••@acme.com'],
    ['jane@localhost', 'j•••'],
    ['jane doe@acme.com', 'j•••'],
    ['a@b@acme.com', 'a•••'],
    ['Jane', 'J•••'],
    ['Ö', '•••'],
    ['💣', '•••'],
    ['💣x', '💣•••'],
    ['美咲', '美•••'],
    ['1988-04-19', '1•••-••-••'],
    ['1988-04-19T00:00:00Z', '1•••-••-••'],
    ['+1 415 555 0101', '+•••'],
    [' ', '•••'],
    ['', ''],
    [null, null],
    [undefined, null],
    [true, '•••'],
    [false, '•••'],
    [7, '•••'],
    [42, '4•••'],
    [-1.5, '-•••'],
    [9_223_372_036_854_775_807n, '9•••'],
  ])('%s is shown as %s', (value, shown) => {
    expect(mask(value)).toEqual(shown);
  });

  it('keeps its structure, and nothing of what is in it', () => {
    const value = { city: 'Paris', list: ['a', 'bc', { deep: 'secret', empty: null }], flag: true, none: {} };
    expect(mask(value)).toEqual({
      city: 'P•••',
      list: ['•••', 'b•••', { deep: 's•••', empty: null }],
      flag: '•••',
      none: {},
    });
  });

  it.each(['constructor', 'toString', '__proto__'])('keeps the key %s', (key) => {
    const value = Object.fromEntries([[key, 'private']]);
    expect(JSON.stringify(mask(value))).toBe(JSON.stringify(Object.fromEntries([[key, 'p•••']])));
  });

  it('does not show how long it is', () => {
    expect(mask('J'.repeat(100))).toBe(mask('Jane'));
  });
});

describe('what is shown of an attribute', () => {
  const nobody = { relaxed: [] };
  const atomicwork = providerOf('atomicwork');
  const atlassian = providerOf('atlassian');

  it.each(['model', 'person', 'audit'] as const)('is never a secret, to the %s', (audience) => {
    for (const value of ['hunter2', '', null, undefined, 7, { a: 1 }]) {
      expect(viewValue(atomicwork, 'password', value, audience, { relaxed: ['model', 'audit', 'person'] })).toBe(
        SECRET,
      );
    }
  });

  it.each(['model', 'person', 'audit'] as const)('is nothing that no document names, to the %s', (audience) => {
    for (const name of ['badge', 'constructor', '__proto__', 'toString']) {
      expect(viewValue(atlassian, name, 'x', audience, { relaxed: ['model', 'audit', 'person'] })).toBe(SECRET);
    }
  });

  it('is in clear what is public, and what is personal only to the person asked', () => {
    const shown = (name: string, audience: 'model' | 'person' | 'audit') =>
      viewValue(atomicwork, name, 'Value', audience, nobody);
    expect([shown('title', 'model'), shown('title', 'person'), shown('title', 'audit')]).toEqual(
      Array(3).fill('Value'),
    );
    expect(shown('city', 'person')).toBe('Value');
    expect([shown('city', 'model'), shown('city', 'audit')]).toEqual(['V•••', 'V•••']);
  });

  it('is in clear to whom the operator relaxed it, and to nobody else', () => {
    const shown = (audience: 'model' | 'audit') =>
      viewValue(atomicwork, 'city', 'Paris', audience, { relaxed: ['audit'] });
    expect([shown('model'), shown('audit')]).toEqual(['P•••', 'Paris']);
  });

  const parts: readonly [string, string, Json, Json, Json][] = [
    [
      'atlassian',
      'emails',
      [{ value: 'jane@acme.com', type: 'work', primary: true, display: 'Jane' }],
      [{ value: 'j•••@acme.com', type: 'work', primary: true, display: SECRET }],
      [{ value: 'jane@acme.com', type: 'work', primary: true, display: SECRET }],
    ],
    [
      'atlassian',
      'name',
      { givenName: 'Jane', familyName: { of: 'Doe' }, x_unknown: 'kept', constructor: 'x' },
      { givenName: 'J•••', familyName: { of: SECRET }, x_unknown: SECRET, constructor: SECRET },
      { givenName: 'Jane', familyName: { of: SECRET }, x_unknown: SECRET, constructor: SECRET },
    ],
    [
      'mediasilo',
      'address',
      { city: 'Paris', geo: [1] },
      { city: 'P•••', geo: SECRET },
      { city: 'Paris', geo: SECRET },
    ],
    ['awork', 'position', { text: 'PM' }, { text: SECRET }, { text: SECRET }],
    ['dayzero', 'props', { theme: { dark: 'yes' } }, { theme: { dark: 'y•••' } }, { theme: { dark: 'yes' } }],
    ['atomicwork', 'custom_fields', { badge: 'B-1' }, { badge: 'B•••' }, { badge: 'B-1' }],
    ['atomicwork', 'manager', { id: 5, name: 'Max' }, 5, { id: 5, name: 'Max' }],
  ];

  it.each(parts)('is of %s.%s what is known to be in it', (id, name, value, toModel, toPerson) => {
    const shown = (audience: Audience) => viewValue(providerOf(id), name, value, audience, nobody);
    expect([shown('model'), shown('audit'), shown('person')]).toEqual([toModel, toModel, toPerson]);
  });

  it('scrubs what is unknown also where the rest is public', () => {
    const { emails, ...fields } = atlassian.fields;
    if (!emails) throw new Error('no emails');
    const open = { ...atlassian, fields: { ...fields, emails: { ...emails, sensitivity: 'public' as const } } };
    const record = { emails: [{ value: 'jane@acme.com', display: 'Jane D.' }], title: { of: 'nobility' } };
    expect(sensitiveValues(open, record)).toEqual(['Jane D.', 'nobility']);
    expect(viewRecord(open, record, 'model', nobody)).toEqual({
      emails: [{ value: 'jane@acme.com', display: SECRET }],
      title: { of: SECRET },
    });
  });

  it('is of an extension with known and unknown parts only the known ones', () => {
    const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
    const record = { [enterprise]: { department: 'Sales', employeeNumber: '4711', manager: { displayName: 'Max' } } };
    expect(viewRecord(atlassian, record, 'model', nobody)).toEqual({
      [enterprise]: { department: 'Sales', employeeNumber: SECRET, manager: SECRET },
    });
  });
});
